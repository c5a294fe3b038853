#include "mhcnn/batch/batch_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "mhcnn/base/file.h"
#include "mhcnn/results/results_table.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::ScratchFolder;

/// Files of some patients: exams of one study, studies with files of two patients (divided, and
/// their names sort among those of other studies), files without a study, and failures.
std::vector<Result> Files(int count) {
  std::mt19937 chance(4);
  std::vector<Result> results;
  for (int i = 0; i < count; ++i) {
    Result r;
    r.metadata.path = "in/" + std::to_string(i / 50) + "/" + std::to_string(i) + ".dcm";
    const int study = static_cast<int>(chance() % 60);
    if (study > 5) r.metadata.study_uid = study % 7 ? std::to_string(study) : "A";
    if (study % 7 == 1) r.metadata.study_uid = "A / a";
    if (chance() % 3) r.metadata.patient_id = chance() % 2 ? "P1" : "P2";
    r.metadata.sop_uid = "1.2." + std::to_string(i);
    r.metadata.laterality = chance() % 2 ? Laterality::kLeft : Laterality::kRight;
    r.metadata.view = chance() % 2 ? View::kCC : View::kMLO;
    r.size = {40, 60};
    r.model = "m 1";
    if (chance() % 9 == 0) {
      r.error = "corrupt: is damaged";
    } else {
      r.percent_density = static_cast<double>(chance() % 1000) / 10;
      r.category = DensityCategory::kB;
      r.probabilities = {0.1, 0.6, 0.2, 0.1};
      if (chance() % 4 == 0) r.flags = {"spacing_missing"};
    }
    results.push_back(std::move(r));
  }
  return results;
}

BatchTables Tables(const ScratchFolder& folder, StudyBy by) {
  BatchTables tables;
  tables.output = folder.path();
  tables.model = {{"name", "m"}};
  tables.study_by = by;
  tables.page.emplace();
  tables.page->files = 400;
  return tables;
}

TEST(BatchTables, WritesTheBytesOfTheWholeTables) {
  for (const StudyBy by : {StudyBy::kAuto, StudyBy::kFolder}) {
    const auto results = Files(400);
    const auto studies = MakeStudies(results, by);
    const ScratchFolder one, other;
    BatchTables tables = Tables(one, by);
    std::size_t rows = 0, exams = 0;
    tables.on_row = [&](const Result& r) {
      EXPECT_EQ(r.metadata.path, results.at(rows++).metadata.path);
    };
    tables.on_exam = [&](const StudyResult& s) { EXPECT_EQ(s.study, studies.at(exams++).study); };
    LeftOutFiles left_out;
    WriteBatchTables({results.size(), [&](std::size_t i) { return results[i]; }}, tables, left_out);
    EXPECT_EQ(rows, results.size());
    EXPECT_EQ(exams, studies.size());
    EXPECT_EQ(ReadTextFile(one / "results.csv"), ResultsCsv(results));
    EXPECT_EQ(ReadTextFile(one / "studies.csv"), StudiesCsv(studies));
    EXPECT_EQ(ReadTextFile(one / "results.json"), ResultsJson(results, studies, tables.model));
    BatchPageInfo metadata = *tables.page;
    metadata.model = tables.model;
    WriteBatchPage(other.path(), results, studies, by, metadata);
    for (const char* name : {"index.html", "page/exams.js", "page/exams-0.js"})
      EXPECT_EQ(ReadTextFile(one / name), ReadTextFile(other / name)) << name;
  }
}

TEST(BatchTables, OmitsUnmeasurableFiles) {
  auto results = Files(6);
  results[2].left_out = LeftOutKindName(LeftOutKind::kMask);
  const ScratchFolder folder;
  BatchTables tables = Tables(folder, StudyBy::kAuto);
  tables.complete = [](StudyResult& study) { study.objects = {"seg.dcm"}; };
  tables.page->files = 6;
  LeftOutFiles left_out;
  WriteBatchTables({results.size(), [&](std::size_t i) { return results[i]; }}, tables, left_out);
  EXPECT_EQ(left_out.count(LeftOutKind::kMask), 1u);
  EXPECT_THAT(left_out.paths(LeftOutKind::kMask), testing::ElementsAre("in/0/2.dcm"));
  EXPECT_THAT(ReadTextFile(folder / "page/exams.js"), testing::HasSubstr("\\\"files\\\":5"));
  EXPECT_THAT(ReadTextFile(folder / "studies.csv"), testing::HasSubstr(",seg.dcm,"));
  results.erase(results.begin() + 2);
  EXPECT_EQ(ReadTextFile(folder / "results.csv"), ResultsCsv(results));
}

}  // namespace
}  // namespace mhcnn
