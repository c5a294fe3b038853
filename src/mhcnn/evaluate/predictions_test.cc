#include "mhcnn/evaluate/predictions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A folder that another program may have written: results.csv and masks.
class PredictionFolder : public ::testing::Test {
 protected:
  PredictionFolder() {
    for (const char* name : {"set/a.png", "set/b.png", "set/sub/b.png", "set/c.png"}) {
      GreyImage picture(30, 20, std::uint16_t{5});
      picture(cv::Rect(0, 0, 10, 30)).setTo(90);
      WritePng(folder_ / name, picture);
      Sample sample;
      sample.image = folder_ / name;
      samples_.push_back(sample);
    }
  }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  void WriteMask(const std::string& name, cv::Size size = {20, 30}) {
    cv::Mat1b labels(size, 0);
    labels(cv::Rect(0, 0, 10, 10)).setTo(85);
    labels(cv::Rect(0, 0, 10, 5)).setTo(170);
    WritePng(folder_ / "out/masks" / name, labels);
  }
  void WriteTable(const std::string& rows) {
    WriteFileAtomically(folder_ / "out/results.csv", "path,category,status\n" + rows);
  }
  const testing_support::ScratchFolder folder_;
  std::vector<Sample> samples_;
};

TEST_F(PredictionFolder, MatchesByPathAndMaskName) {
  WriteTable(Path("set/a.png") + ",b,ok\n" + Path("set/b.png") + ",c,ok\n" + Path("set/sub/b.png") +
             ",d,ok\n" + "/elsewhere/c.png,a,ok\n");
  for (const char* name : {"a.png", "b.png", "sub/b.png", "c.png"}) WriteMask(name);
  Predictions predictions(folder_ / "out");
  EXPECT_THAT(predictions.Match(samples_), ElementsAre());
  const Predictor find = predictions.AsPredictor();
  for (std::size_t i = 0; i < 4; ++i) {
    const Prediction found = find(samples_[i]);
    EXPECT_EQ(found.error, "") << i;
    EXPECT_EQ(*found.percent, 50) << i;
    EXPECT_EQ(cv::countNonZero(found.breast), 100);
    EXPECT_EQ(cv::countNonZero(found.dense), 50);
    EXPECT_FALSE(found.pixels.empty());
    EXPECT_FALSE(found.probabilities.has_value());
  }
  EXPECT_EQ(*find(samples_[1]).category, DensityCategory::kC);
  EXPECT_EQ(*find(samples_[2]).category, DensityCategory::kD);
  EXPECT_EQ(*find(samples_[3]).category, DensityCategory::kA)
      << "by its name, which no other file has";
}

TEST_F(PredictionFolder, ATableOfProbabilitiesAloneGivesCategories) {
  WriteFileAtomically(folder_ / "out/results.csv",
                      "path,p_a,p_b,p_c,p_d\n" + Path("set/a.png") + ",0.335,0.325,0.335,0\n");
  Predictions predictions(folder_ / "out");
  EXPECT_THAT(predictions.Match({samples_[0]}), ElementsAre());
  const Prediction found = predictions.AsPredictor()(samples_[0]);
  EXPECT_EQ(found.error, "");
  EXPECT_EQ(found.category, DensityCategory::kA) << "of equal probabilities the first";
  ASSERT_TRUE(found.probabilities);
  EXPECT_NEAR((*found.probabilities)[1], 0.325 / 0.995, 1e-12);
}

TEST_F(PredictionFolder, ARowWithoutAnyValueIsNotMeasured) {
  WriteFileAtomically(folder_ / "out/results.csv", "path,percent_density,density,category\n" +
                                                       Path("set/a.png") + ",,30,\n" +
                                                       Path("set/c.png") + ",,,b\n");
  Predictions predictions(folder_ / "out");
  predictions.Match(samples_);
  const Predictor find = predictions.AsPredictor();
  EXPECT_THAT(find(samples_[0]).error, HasSubstr("has no percent_density"));
  EXPECT_EQ(find(samples_[3]).error, "");
}

TEST_F(PredictionFolder, NamesUnmatchedRows) {
  WriteTable(Path("set/a.png") + ",b,ok\n" + Path("set/a.png") + ",c,ok\n" + Path("set/b.png") +
             ",c,ok\n" + Path("set/sub/b.png") + ",,error\n" + "/elsewhere/x.png,a,ok\n");
  WriteMask("b.png", {20, 29});
  WriteMask("stray.png");
  Predictions predictions(folder_ / "out");
  const auto lines = predictions.Match(samples_);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], HasSubstr("/elsewhere/x.png: is in"));
  EXPECT_THAT(lines[0], HasSubstr("not in the manifest"));
  EXPECT_THAT(lines[1], HasSubstr("stray.png: belongs to no file of these results"));
  const Predictor find = predictions.AsPredictor();
  EXPECT_THAT(find(samples_[0]).error, HasSubstr("2 rows of"));
  EXPECT_THAT(find(samples_[2]).error, HasSubstr("not measured"));
  EXPECT_THAT(find(samples_[3]).error, HasSubstr("has no row for this file"));
}

TEST_F(PredictionFolder, RejectsMaskOfWrongSize) {
  WriteTable(Path("set/a.png") + ",b,ok\n" + Path("set/b.png") + ",c,ok\n" + Path("set/c.png") +
             ",c,ok\n");
  WriteMask("a.png", {20, 29});
  WritePng(folder_ / "out/masks/b.png", cv::Mat1b(30, 20, uchar{128}));
  Predictions predictions(folder_ / "out");
  EXPECT_THAT(predictions.Match({samples_[0], samples_[1], samples_[3]}), ElementsAre());
  const Predictor find = predictions.AsPredictor();
  EXPECT_THAT(find(samples_[0]).error, HasSubstr("20 x 29 pixels, its picture 20 x 30"));
  EXPECT_THAT(find(samples_[1]).error, HasSubstr("contains the label 128"));
  EXPECT_THAT(find(samples_[3]).error, HasSubstr("no mask"));
}

TEST_F(PredictionFolder, RefusesOtherFiles) {
  EXPECT_THROW(Predictions(folder_ / "set"), Error);
  WriteFileAtomically(folder_ / "out/results.json", "{\"results\": 3}");
  EXPECT_THROW(Predictions(folder_ / "out"), Error);
  fs::remove(folder_ / "out/results.json");
  WriteFileAtomically(folder_ / "out/results.csv", "path,category\nx.png,e\n");
  try {
    Predictions(folder_ / "out");
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("line 2: category 'e' is not a, b, c or d"));
  }
}

}  // namespace
}  // namespace mhcnn
