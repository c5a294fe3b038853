#include "mhcnn/page/exam_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/page/page_picture.h"
#include "mhcnn/testing/exams.h"

namespace mhcnn {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using testing_support::MakePatientImage;
using testing_support::MakeTwoViewExams;

/// Row and details of the one exam that the results are of.
struct Shown {
  json row, details;
};
Shown Show(const std::vector<Result>& results, StringTable& flags,
           const std::string& shared = "in/") {
  const auto studies = MakeStudies(results, StudyBy::kAuto);
  const auto groups = GroupStudies(results, StudyBy::kAuto);
  EXPECT_EQ(studies.size(), 1U);
  const PageExam exam{&studies.at(0), &groups.at(0)};
  return {json::parse(ExamRow(exam, shared, flags)), json::parse(ExamDetails(exam, 0.9))};
}

TEST(ExamRows, FindTheFolderThatAllPathsShare) {
  auto results = MakeTwoViewExams(2);
  EXPECT_EQ(FindCommonFolder(results), "in/");
  EXPECT_EQ(FindCommonFolder({results[0], results[1]}), "in/1000/");
  results[1].metadata.path = "inside.dcm";
  EXPECT_EQ(FindCommonFolder(results), "");
  EXPECT_EQ(FindCommonFolder({}), "");
}

TEST(ExamRows, FolderIsSharedByWholeNames) {
  CommonFolder folder;
  EXPECT_EQ(folder.path(), "");
  folder.Add("/data/one/a.dcm");
  EXPECT_EQ(folder.path(), "/data/one/");
  folder.Add("/data/one-more/a.dcm");
  EXPECT_EQ(folder.path(), "/data/");
  folder.Add("/dat.dcm");
  EXPECT_EQ(folder.path(), "/");
  folder.Add("a.dcm");
  EXPECT_EQ(folder.path(), "");
}

TEST(StringTable, NumbersWordsInTheOrderInWhichTheyCame) {
  StringTable words;
  EXPECT_EQ(words.FindOrAdd("b"), 0U);
  EXPECT_EQ(words.FindOrAdd("a"), 1U);
  EXPECT_EQ(words.FindOrAdd("b"), 0U);
  EXPECT_EQ(words.FindOrAdd(""), 2U);
  EXPECT_THAT(words.words(), ElementsAre("b", "a", ""));
}

TEST(ExamRow, HasThePrintedFiguresOfTheExam) {
  // Percents of 20 and 40: their intervals are 10 to 30 and 20 to 50 (MakeExamImage).
  std::vector<Result> results = {MakePatientImage("7", Laterality::kRight, View::kCC, 20),
                                 MakePatientImage("7", Laterality::kLeft, View::kCC, 40)};
  results[1].flags = {"implant"};
  StringTable flags;
  flags.FindOrAdd("rotated");
  const json row = Show(results, flags).row;
  EXPECT_EQ(row.at(0), "1.2.7");
  EXPECT_EQ(row.at(1), "7");
  EXPECT_EQ(row.at(2), "2024-05-13");
  EXPECT_EQ(row.at(3), 2);
  EXPECT_EQ(row.at(4), 0);
  EXPECT_EQ(row.at(5), 30.0);
  EXPECT_EQ(row.at(6), 15.0);
  EXPECT_EQ(row.at(7), 40.0);
  EXPECT_EQ(row.at(8), 20.0);
  EXPECT_EQ(row.at(9), 40.0);
  EXPECT_EQ(row.at(10), "c");
  EXPECT_EQ(row.at(11), json({0.05, 0.2, 0.65, 0.1}));
  std::vector<std::string> words;
  for (const auto& number : row.at(12)) words.push_back(flags.words().at(number));
  EXPECT_THAT(words, ::testing::Contains("implant"));
  EXPECT_EQ(row.at(13), json::array());
  EXPECT_EQ(row.at(16), json({"7/", "RCC.dcm", "LCC.dcm"}));
}

TEST(ExamRow, HasNullForWhatWasNotMeasured) {
  std::vector<Result> results = {MakePatientImage("7", Laterality::kRight, View::kCC, 20)};
  results[0].error = "corrupt: is cut short";
  results[0].percent_density.reset();
  results[0].category.reset();
  StringTable flags;
  const json row = Show(results, flags).row;
  EXPECT_EQ(row.at(4), 1);
  for (const std::size_t at : {5U, 6U, 7U, 8U, 9U, 11U}) EXPECT_TRUE(row.at(at).is_null()) << at;
  EXPECT_EQ(row.at(10), "");
  EXPECT_EQ(row.at(13), json({"corrupt"}));
  EXPECT_EQ(row.at(15), json({"", "", "", ""})) << "a refused image has no picture";
}

TEST(ExamRow, PicturesStandByViewAndSide) {
  const std::vector<Result> results = {MakePatientImage("7", Laterality::kLeft, View::kMLO, 20),
                                       MakePatientImage("7", Laterality::kRight, View::kMLO, 20),
                                       MakePatientImage("7", Laterality::kLeft, View::kCC, 20)};
  StringTable flags;
  EXPECT_EQ(Show(results, flags).row.at(15),
            json({"", PagePictureKey("in/7/LCC.dcm"), PagePictureKey("in/7/RMLO.dcm"),
                  PagePictureKey("in/7/LMLO.dcm")}));
}

TEST(ExamRow, OtherViewDoesNotReplaceLeftCc) {
  const Result other = MakePatientImage("7", Laterality::kLeft, View::kOther, 20);
  const std::vector<Result> results = {MakePatientImage("7", Laterality::kLeft, View::kCC, 20),
                                       other};
  StringTable flags;
  EXPECT_EQ(Show(results, flags).row.at(15),
            json({"", PagePictureKey("in/7/LCC.dcm"), "", PagePictureKey(other.metadata.path)}));
}

TEST(ExamDetails, HasEachImageInHangingOrder) {
  std::vector<Result> results = {MakePatientImage("7", Laterality::kLeft, View::kMLO, 20),
                                 MakePatientImage("7", Laterality::kRight, View::kCC, 12.34)};
  results[0].flags = {"implant"};
  results[1].error = "io: cannot be read";
  StringTable flags;
  const json details = Show(results, flags).details;
  const json& images = details.at("images");
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].at("name"), "R CC");
  EXPECT_EQ(images[0].at("error"), "io: cannot be read");
  EXPECT_FALSE(images[0].contains("key"));
  EXPECT_EQ(images[1].at("name"), "L MLO");
  EXPECT_EQ(images[1].at("side"), "L");
  EXPECT_EQ(images[1].at("view"), "MLO");
  EXPECT_EQ(images[1].at("flags"), json({"implant"}));
  EXPECT_EQ(images[1].at("key"), PagePictureKey("in/7/LMLO.dcm"));
  EXPECT_EQ(images[1].at("probabilities"), json({"0.0500", "0.2000", "0.6500", "0.1000"}));
  EXPECT_EQ(details.at("hung")[0].at("view"), "CC");
  EXPECT_EQ(details.at("hung")[1].at("images"), json({nullptr, 1}));
  EXPECT_EQ(details.at("not_hung"), json::array());
}

}  // namespace
}  // namespace mhcnn
