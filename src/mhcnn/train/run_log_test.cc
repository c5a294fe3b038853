#include "mhcnn/train/run_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <opencv2/imgcodecs.hpp>
#include <optional>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::ScratchFolder;

std::string Events(const ScratchFolder& folder) {
  return ReadTextFile(folder / "events.out.tfevents.mhcnn");
}

/// Returns the value of a tag by the format of tensorflow.Summary.Value: field 1 the tag, field 2
/// (wire type 5, so 0x15) a little-endian float.
std::optional<float> GetValue(const std::string& events, const std::string& tag) {
  const std::string key = std::string("\x0a") + static_cast<char>(tag.size()) + tag + "\x15";
  const auto at = events.find(key);
  if (at == std::string::npos) return {};
  std::uint32_t bits = 0;
  std::memcpy(&bits, events.data() + at + key.size(), sizeof bits);
  return std::bit_cast<float>(bits);
}

EpochMetrics Row() {
  EpochMetrics row;
  row.losses = {1, 0.5, 0.25, 0.125};
  row.validation.losses = {2, 1.5, 0.75, 0.375};
  row.validation.dice = {0.5, {}};
  row.validation.accuracy = 0.625;
  row.validation.majority_class_accuracy = 0.4375;
  row.images_per_second = 12.5;
  row.loader_wait = 0.0625;
  return row;
}

TEST(RunLog, WritesLossesAndRateOfStep) {
  const ScratchFolder folder;
  RunLog log(folder.path(), 0, "seed = 3");
  log.Step(7, {4, 3, 2, 1}, 0.0078125);
  const std::string events = Events(folder);
  EXPECT_EQ(events.size(), log.size());
  EXPECT_EQ(GetValue(events, "step/loss"), 4.0f);
  EXPECT_EQ(GetValue(events, "step/loss_segmentation"), 3.0f);
  EXPECT_EQ(GetValue(events, "step/loss_regression"), 2.0f);
  EXPECT_EQ(GetValue(events, "step/loss_classification"), 1.0f);
  EXPECT_EQ(GetValue(events, "step/learning_rate"), 0.0078125f);
}

TEST(RunLog, WritesFiguresOfEpochThatAreDefined) {
  const ScratchFolder folder;
  RunLog log(folder.path(), 0, "");
  log.Epoch(9, Row(), {"breast", "dense"});
  const std::string events = Events(folder);
  EXPECT_EQ(GetValue(events, "train/loss_regression"), 0.25f);
  EXPECT_EQ(GetValue(events, "validation/loss"), 2.0f);
  EXPECT_EQ(GetValue(events, "validation/dice_breast"), 0.5f);
  EXPECT_FALSE(GetValue(events, "validation/dice_dense"));
  EXPECT_FALSE(GetValue(events, "validation/percent_mae_masks"));
  EXPECT_EQ(GetValue(events, "validation/accuracy"), 0.625f);
  EXPECT_EQ(GetValue(events, "validation/accuracy_of_the_commonest"), 0.4375f);
  EXPECT_EQ(GetValue(events, "speed/images_per_second"), 12.5f);
  EXPECT_EQ(GetValue(events, "speed/loader_wait"), 0.0625f);
}

TEST(RunLog, WritesNoFigureOfValidationWithoutOne) {
  const ScratchFolder folder;
  RunLog log(folder.path(), 0, "");
  EpochMetrics row = Row();
  row.validation = {};
  log.Epoch(9, row, {"breast", "dense"});
  EXPECT_THAT(Events(folder), Not(HasSubstr("validation/")));
  EXPECT_EQ(GetValue(Events(folder), "train/loss"), 1.0f);
}

TEST(RunLog, WritesRecipeOnceForNewRun) {
  const ScratchFolder folder;
  std::uint64_t saved = 0;
  {
    RunLog log(folder / "run", 0, "seed = 3");
    saved = log.size();
  }
  const auto path = folder / "run" / "events.out.tfevents.mhcnn";
  const std::string begun = ReadTextFile(path);
  EXPECT_THAT(begun, HasSubstr("```toml\nseed = 3\n```"));
  const RunLog resumed(folder / "run", saved, "seed = 3");
  EXPECT_EQ(ReadTextFile(path), begun);
  EXPECT_EQ(resumed.size(), saved);
}

TEST(RunLog, WritesSheetsAsPicturesAndEvents) {
  const ScratchFolder folder;
  RunLog log(folder.path(), 0, "");
  cv::Mat3b sheet(6, 9, cv::Vec3b(10, 20, 30));
  sheet(2, 5) = {255, 0, 7};
  log.Samples(40, 7, sheet);
  log.Augmented(sheet);
  for (const char* name : {"epoch-0007.png", "augmented.png"}) {
    const auto path = folder / "samples" / name;
    const cv::Mat read = cv::imread(path.string(), cv::IMREAD_COLOR);
    ASSERT_EQ(read.size(), sheet.size()) << name;
    EXPECT_EQ(cv::norm(read, sheet, cv::NORM_INF), 0) << name;
    EXPECT_THAT(Events(folder), HasSubstr(ReadTextFile(path))) << name;
  }
}

}  // namespace
}  // namespace mhcnn
