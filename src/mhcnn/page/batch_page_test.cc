#include "mhcnn/page/batch_page.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "mhcnn/base/csv.h"
#include "mhcnn/base/file.h"
#include "mhcnn/results/results_table.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/exams.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing_support::ErrorMessage;
using testing_support::MakePatientImage;
using testing_support::MakeTwoViewExams;
using testing_support::ScratchFolder;

/// Values of the calls `name(...)` in a script of the page, in their order.
std::vector<json> Calls(const std::string& script, const std::string& name) {
  std::vector<json> values;
  std::istringstream lines(script);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name + "(")) continue;
    const std::string mark = "JSON.parse(";
    const std::size_t at = line.find(mark) + mark.size();
    values.push_back(
        json::parse(json::parse(line.substr(at, line.size() - at - 3)).get<std::string>()));
  }
  return values;
}

struct Page {
  std::string table;
  std::vector<json> rows;
  json metadata;
};

Page Write(const fs::path& output, const std::vector<Result>& results,
           const BatchPageInfo& metadata = {}) {
  WriteBatchPage(output, results, MakeStudies(results, StudyBy::kAuto), StudyBy::kAuto, metadata);
  Page page;
  page.table = ReadTextFile(output / "page/exams.js");
  for (const auto& block : Calls(page.table, "mhcnnRows"))
    page.rows.insert(page.rows.end(), block.begin(), block.end());
  page.metadata = Calls(page.table, "mhcnnBatch").at(0);
  return page;
}

TEST(BatchPage, ShowsTheFiguresOfTheTables) {
  const ScratchFolder folder;
  auto results = MakeTwoViewExams(230);
  results[0].flags = {"implant", "of_another_version"};
  results[3] = MakePatientImage("1001", Laterality::kLeft, View::kMLO, 0);
  results[3].error = "corrupt: the pixel data ends early; get the file again";
  const Page page = Write(folder.path(), results);
  const auto table = ParseCsv(StudiesCsv(MakeStudies(results, StudyBy::kAuto)));
  ASSERT_EQ(page.rows.size(), 230U);
  ASSERT_EQ(table.size(), 231U);
  std::map<std::string, std::size_t> column;
  for (std::size_t i = 0; i < table[0].size(); ++i) column[table[0][i]] = i;
  for (std::size_t i = 0; i < page.rows.size(); ++i) {
    const auto& row = page.rows[i];
    const auto& line = table[i + 1];
    const auto figure = [&](std::size_t at) {
      return row[at].is_null() ? std::string() : fmt::format("{:.1f}", row[at].get<double>());
    };
    EXPECT_EQ(row[0], line[column["study"]]);
    EXPECT_EQ(row[1], line[column["patient_id"]]);
    EXPECT_EQ(row[2], "2024-05-13");
    EXPECT_EQ(std::to_string(row[4].get<int>()), line[column["failed"]]);
    EXPECT_EQ(figure(5), line[column["percent_density"]]);
    EXPECT_EQ(figure(6), line[column["percent_low"]]);
    EXPECT_EQ(figure(7), line[column["percent_high"]]);
    EXPECT_EQ(figure(8), line[column["percent_right"]]);
    EXPECT_EQ(figure(9), line[column["percent_left"]]);
    EXPECT_EQ(row[10], line[column["category"]]);
    EXPECT_EQ(fmt::format("{:.4f}", row[11][2].get<double>()), line[column["p_c"]]);
  }
  EXPECT_EQ(page.metadata["failed"], 1);
  EXPECT_EQ(page.metadata["failed_by_code"]["corrupt"], 1);
  EXPECT_EQ(page.metadata["folder"], "in/");
  EXPECT_EQ(page.rows[0][16], json({"1000/", "RCC.dcm", "LMLO.dcm"}));
  EXPECT_EQ(page.rows[1][13], json({"corrupt"}));
  // Flags by number, each with what it says and what to do.
  const json flag = page.metadata["words"]["flags"][page.rows[0][12][0].get<std::size_t>()];
  EXPECT_EQ(flag["word"], "implant");
  EXPECT_EQ(flag["leave_out"], true);
  EXPECT_FALSE(flag["advice"].get<std::string>().empty());
}

TEST(BatchPage, DividesTheDetailsIntoFilesAndRemovesThoseOfALargerBatch) {
  const ScratchFolder folder;
  Write(folder.path(), MakeTwoViewExams(2 * kExamsPerFile + 1));
  EXPECT_TRUE(fs::exists(folder / "page/exams-2.js"));
  const auto files = BatchPageFiles(folder.path(), 2 * kExamsPerFile + 1);
  EXPECT_EQ(files.size(), 5U);  // index.html, exams.js and three parts
  for (const auto& file : files) EXPECT_TRUE(fs::exists(file)) << file;
  auto results = MakeTwoViewExams(3);
  results[0].error = "io: cannot be read";
  results[0].percent_density.reset();
  const Page page = Write(folder.path(), results);
  EXPECT_FALSE(fs::exists(folder / "page/exams-1.js") || fs::exists(folder / "page/exams-2.js"));
  const json details = Calls(ReadTextFile(folder / "page/exams-0.js"), "mhcnnPart").at(0);
  ASSERT_EQ(details.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(details[i]["study"], page.rows[i][0]);
  EXPECT_EQ(details[0]["images"][0]["name"], "R CC");
  EXPECT_EQ(details[0]["images"][0]["error"], "io: cannot be read");
  EXPECT_EQ(details[1]["images"][1]["name"], "L MLO");
  EXPECT_EQ(details[1]["images"][1]["probabilities"][1], "0.6000");
  EXPECT_EQ(details[1]["hung"].size(), 2U);
  EXPECT_EQ(details[1]["hung"][0]["images"], json({0, nullptr}));
  EXPECT_EQ(details[1]["missing"], json({"L-CC", "R-MLO"}));
  const json& exam = details[1]["scale"].back();
  EXPECT_EQ(exam["kind"], "exam");
  EXPECT_EQ(exam["percent"], "3.6");  // mean of 1 and 6.25
  // The pictures in the table: places of R CC, L CC, R MLO, L MLO.
  EXPECT_EQ(page.rows[1][15][0], details[1]["images"][0]["key"]);
  EXPECT_EQ(page.rows[1][15][1], "");
  EXPECT_EQ(page.rows[1][15][3], details[1]["images"][1]["key"]);
  EXPECT_EQ(page.rows[0][15][0], "");
}

TEST(BatchPage, KeepsTextOfFilesAsText) {
  const ScratchFolder folder;
  const std::string hostile = "</script><script>alert(1)//\"'\\\n\xE2\x80\xA8\xFF";
  auto results = MakeTwoViewExams(1);
  for (auto& result : results) {
    result.metadata.patient_id = hostile;
    result.metadata.path += hostile;
    result.model = hostile;
  }
  results[1].error = "corrupt: " + hostile;
  const Page page = Write(folder.path(), results);
  const std::string details = ReadTextFile(folder / "page/exams-0.js");
  for (const std::string& script : {page.table, details}) {
    EXPECT_EQ(script.find_first_of("<>&"), script.npos);
    EXPECT_TRUE(
        std::ranges::all_of(script, [](char c) { return (c >= 0x20 && c < 0x7F) || c == '\n'; }));
  }
  EXPECT_THAT(page.rows[0][1], "</script><script>alert(1)//\"'\\\\x0A\\xE2\\x80\\xA8\\xFF");
}

TEST(BatchPage, SaysThatARunWasInterrupted) {
  const ScratchFolder folder;
  BatchPageInfo metadata;
  metadata.files = 10;
  metadata.pictures = false;
  metadata.left_out = "2 folders";
  const Page page = Write(folder.path(), MakeTwoViewExams(2), metadata);
  EXPECT_EQ(page.metadata["done"], 4);
  EXPECT_EQ(page.metadata["files"], 10);
  EXPECT_EQ(page.metadata["pictures"], false);
  EXPECT_EQ(page.metadata["left_out"], "2 folders");
  const Page none = Write(folder.path(), {});
  EXPECT_TRUE(none.rows.empty());
}

TEST(BatchPage, DoesNotOverwriteForeignPage) {
  const ScratchFolder folder;
  CheckPageOverwrite(folder.path());
  WriteFileAtomically(folder / "index.html", std::string_view("<!doctype html><p>mine"));
  EXPECT_THAT(ErrorMessage([&] { CheckPageOverwrite(folder.path()); }, ErrorCode::kUsage),
              ::testing::HasSubstr("is not a page of mhcnn"));
  fs::remove(folder / "index.html");
  Write(folder.path(), MakeTwoViewExams(1));
  CheckPageOverwrite(folder.path());
}

}  // namespace
}  // namespace mhcnn
