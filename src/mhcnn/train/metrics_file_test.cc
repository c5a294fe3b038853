#include "mhcnn/train/metrics_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mhcnn/base/csv.h"

namespace mhcnn {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

const std::vector<std::string> kMasks = {"breast", "dense"};

EpochMetrics Row() {
  EpochMetrics row;
  row.phase = "joint, last";
  row.epoch = 12;
  row.learning_rate = 4.9876e-5;
  row.losses = {1.25, 0.5, 0.25, 0.0000004};
  row.validation.losses = {2, 1, 0.75, 0.25};
  row.validation.dice = {0.98765, {}};
  row.validation.percent_mae_masks = 3.14159;
  row.validation.accuracy = 0.75;
  row.validation.majority_class_accuracy = 0.5;
  row.images_per_second = 17.456;
  row.seconds = 61.25;
  row.loader_wait = 0.03125;
  return row;
}

/// Returns the field under a column of metrics.csv.
std::string Field(const EpochMetrics& row, const std::string& column) {
  const auto lines = ParseCsv(MetricsHeader(kMasks) + "\n" + MetricsLine(row, 2) + "\n");
  EXPECT_EQ(lines.at(0).size(), lines.at(1).size());
  const auto at = std::find(lines[0].begin(), lines[0].end(), column);
  EXPECT_NE(at, lines[0].end()) << column;
  return lines[1].at(static_cast<std::size_t>(at - lines[0].begin()));
}

TEST(MetricsLine, StatesEachFigureUnderItsColumn) {
  const EpochMetrics row = Row();
  EXPECT_EQ(Field(row, "phase"), "joint, last");
  EXPECT_EQ(Field(row, "epoch"), "12");
  EXPECT_EQ(Field(row, "learning_rate"), "4.99e-05");
  EXPECT_EQ(Field(row, "loss"), "1.250000");
  EXPECT_EQ(Field(row, "loss_segmentation"), "0.500000");
  EXPECT_EQ(Field(row, "loss_classification"), "0.000000");
  EXPECT_EQ(Field(row, "val_loss"), "2.000000");
  EXPECT_EQ(Field(row, "val_loss_regression"), "0.750000");
  EXPECT_EQ(Field(row, "val_dice_breast"), "0.9877");
  EXPECT_EQ(Field(row, "val_percent_mae_masks"), "3.1416");
  EXPECT_EQ(Field(row, "val_accuracy"), "0.7500");
  EXPECT_EQ(Field(row, "val_commonest"), "0.5000");
  EXPECT_EQ(Field(row, "images_per_second"), "17.46");
  EXPECT_EQ(Field(row, "loader_wait"), "0.0312");
}

TEST(MetricsLine, LeavesUndefinedFigureEmpty) {
  EXPECT_EQ(Field(Row(), "val_dice_dense"), "");
  EXPECT_EQ(Field(Row(), "val_percent_mae_regression"), "");
}

TEST(MetricsLine, LeavesColumnsOfValidationEmptyWithoutOne) {
  EpochMetrics row = Row();
  row.validation = {};
  for (const char* column : {"val_loss", "val_loss_classification", "val_dice_breast",
                             "val_percent_mae_masks", "val_accuracy", "val_commonest"}) {
    EXPECT_EQ(Field(row, column), "") << column;
  }
  EXPECT_EQ(Field(row, "loss"), "1.250000");
  EXPECT_EQ(Field(row, "loader_wait"), "0.0312");
}

TEST(MetricsSummary, StatesTheFiguresInOneLine) {
  const std::string text = MetricsSummary(Row(), kMasks);
  EXPECT_THAT(text, StartsWith("epoch 12 (joint, last): loss 1.2500, 17.5 images/s, waited 3 %; "
                               "validation: loss 2.0000, Dice breast 0.988, percent MAE 3.1 "
                               "(masks), accuracy 0.75 ("));
  EXPECT_THAT(text, EndsWith(" 0.50)"));
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(MetricsSummary, EndsAfterTheSpeedWithoutValidation) {
  EpochMetrics row = Row();
  row.validation = {};
  EXPECT_EQ(MetricsSummary(row, kMasks),
            "epoch 12 (joint, last): loss 1.2500, 17.5 images/s, waited 3 %");
}

}  // namespace
}  // namespace mhcnn
