#include "mhcnn/data/set_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/zip_files.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SetFiles : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text = "x") const {
    fs::create_directories((folder_ / name).parent_path());
    WriteFileAtomically(folder_ / name, text);
  }
  std::vector<std::string> Kinds() const {
    std::vector<std::string> kinds;
    for (const auto& problem : problems_) kinds.push_back(problem.kind);
    return kinds;
  }
  const testing_support::ScratchFolder folder_;
  std::vector<Problem> problems_;
};

TEST_F(SetFiles, ListsFilesOfAllFoldersSorted) {
  for (const char* name : {"b/2.png", "b/10.png", "a.csv", "b/c/d.txt"}) Write(name);
  const auto files = ListFilesRecursively(folder_.path(), problems_);
  std::vector<std::string> names;
  for (const auto& file : files) names.push_back(file.lexically_relative(folder_.path()));
  EXPECT_THAT(names, ElementsAre("a.csv", "b/10.png", "b/2.png", "b/c/d.txt"));
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_EQ(FindNamed(files, "A.CSV"), folder_ / "a.csv");
  EXPECT_EQ(FindNamed(files, "D.txt"), folder_ / "b/c/d.txt");
  EXPECT_EQ(FindNamed(files, "e.txt"), std::nullopt);
}

TEST_F(SetFiles, FollowsLinksOnceAndReportsBrokenLinks) {
  Write("a/1.png");
  fs::create_directory_symlink(folder_.path(), folder_ / "a/circle");
  fs::create_symlink(folder_ / "nowhere", folder_ / "a/2.png");
  EXPECT_THAT(ListFilesRecursively(folder_.path(), problems_), ElementsAre(folder_ / "a/1.png"));
  EXPECT_THAT(Kinds(), ElementsAre("unreadable_file"));
  EXPECT_EQ(problems_[0].subject, folder_ / "a/2.png");
}

TEST_F(SetFiles, LeavesOutCompanionFilesAndCountsThem) {
  Write("1.png");
  Write(".DS_Store");
  Write("Thumbs.db");
  Write("._1.png", std::string("\0\5\x16\7\0\2\0\0", 8));
  EXPECT_THAT(ListFilesRecursively(folder_.path(), problems_), ElementsAre(folder_ / "1.png"));
  EXPECT_THAT(Kinds(), ElementsAre("companion_file"));
  EXPECT_THAT(problems_[0].text, HasSubstr("3 files"));
}

TEST_F(SetFiles, RejectsMissingFolder) {
  Write("file");
  for (const char* name : {"file", "none"}) {
    EXPECT_EQ(testing_support::ThrownCode([&] { ListFilesRecursively(folder_ / name, problems_); }),
              ErrorCode::kNotFound);
  }
}

TEST_F(SetFiles, TableReportsRowsOfWrongLengthAndKeepsTheirNumbers) {
  Write("t.csv", "Name;Value\na;1\nb\n\nc; 3 \nM\xFCller;4\n");
  const Table table(folder_ / "t.csv", {"name"}, problems_);
  EXPECT_THAT(table.columns(), ElementsAre("name", "value"));
  ASSERT_EQ(table.rows().size(), 3u);
  EXPECT_EQ(table.rows()[1]["name"], "c");
  EXPECT_EQ(table.rows()[1]["value"], "3");
  EXPECT_EQ(table.rows()[1]["absent"], "");
  EXPECT_EQ(table.rows()[2]["name"], "M\xC3\xBCller") << "Windows-1252";
  EXPECT_THAT(Kinds(), ElementsAre("bad_row"));
  EXPECT_EQ(problems_[0].subject, "t.csv row 3");
  EXPECT_THAT(testing_support::ErrorMessage(
                  [&] { Table(folder_ / "t.csv", {"density"}, problems_); }, ErrorCode::kUsage),
              HasSubstr("t.csv: has no column 'density'; its columns are name, value"));
}

TEST_F(SetFiles, TableIsReadFromWorkbook) {
  ASSERT_TRUE(WriteZip(folder_ / "t.xlsx",
                       {{"xl/workbook.xml",
                         "<workbook xmlns:r=\"r\"><sheets><sheet "
                         "r:id=\"1\"/></sheets></workbook>"},
                        {"xl/_rels/workbook.xml.rels", "<R><R Id=\"1\" Target=\"s.xml\"/></R>"},
                        {"xl/s.xml",
                         "<worksheet><sheetData><row><c t=\"str\"><v>Name</v></c><c "
                         "t=\"str\"><v>Note</v></c></row>"
                         "<row><c t=\"str\"><v>a, "
                         "\"b\"</v></c><c><v>4</v></c></row></sheetData></worksheet>"}}));
  const Table table(folder_ / "t.xlsx", {"name", "note"}, problems_);
  ASSERT_EQ(table.rows().size(), 1u);
  EXPECT_EQ(table.rows()[0]["name"], "a, \"b\"");
  EXPECT_EQ(table.rows()[0]["note"], "4");
}

TEST(LabelParser, ReadsWordsOfEachLabelAndReportsOthers) {
  DatasetIndex listing;
  LabelParser parse(listing, "t.csv row 2");
  EXPECT_EQ(parse.Side("L"), Laterality::kLeft);
  EXPECT_EQ(parse.Side("right"), Laterality::kRight);
  EXPECT_EQ(parse.Side(""), Laterality::kUnknown);
  EXPECT_EQ(parse.ParseViewLabel("cc"), View::kCC);
  EXPECT_EQ(parse.ParseViewLabel("MLO"), View::kMLO);
  EXPECT_EQ(parse.ParseViewLabel("ML", true), View::kMLO);
  EXPECT_EQ(parse.Category("1"), DensityCategory::kA);
  EXPECT_EQ(parse.Category("D"), DensityCategory::kD);
  EXPECT_EQ(parse.Category("Density c", "DENSITY"), DensityCategory::kC);
  EXPECT_EQ(parse.Category("BI-RADS 2"), DensityCategory::kB);
  EXPECT_EQ(parse.Split("training"), "train");
  EXPECT_EQ(parse.Split("valid"), "val");
  EXPECT_EQ(parse.Split("Test"), "test");
  EXPECT_EQ(parse.Split(""), "");
  EXPECT_THAT(listing.problems, IsEmpty());

  EXPECT_EQ(parse.Side("both"), Laterality::kUnknown);
  EXPECT_EQ(parse.ParseViewLabel("ML"), View::kUnknown);
  EXPECT_EQ(parse.Category("5"), std::nullopt);
  EXPECT_EQ(parse.Split("fold 1"), "");
  EXPECT_EQ(parse.Category("0"), std::nullopt);
  EXPECT_EQ(parse.Category(""), std::nullopt);
  std::vector<std::string> kinds;
  for (const auto& problem : listing.problems) {
    kinds.push_back(problem.kind);
    EXPECT_EQ(problem.subject, "t.csv row 2");
  }
  EXPECT_THAT(kinds, ElementsAre("unknown_value", "unknown_value", "unknown_value", "unknown_value",
                                 "no_category", "no_category"));
}

TEST(CheckSameLabel, ReportsTwoLabelsOfOneImage) {
  DatasetIndex listing;
  EXPECT_TRUE(CheckSameLabel(listing, "i", "density", "b", "b"));
  EXPECT_THAT(listing.problems, IsEmpty());
  EXPECT_FALSE(CheckSameLabel(listing, "i", "density", "b", "c"));
  ASSERT_EQ(listing.problems.size(), 1u);
  EXPECT_EQ(listing.problems[0].kind, "label_conflict");
  EXPECT_THAT(listing.problems[0].text, HasSubstr("density is 'b' in one row and 'c' in another"));
}

}  // namespace
}  // namespace mhcnn
