#include "mhcnn/analyze/test_time_augmentation.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace mhcnn {
namespace {

/// Calls what is above 0.3 breast and what is above `level` dense.
class ThresholdBackend : public Backend {
 public:
  ThresholdBackend() { card_.masks = {"breast", "dense"}; }
  const ModelCard& card() const override { return card_; }
  std::string Description() const override { return "threshold"; }
  std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>& inputs) override {
    ++runs;
    NetworkOutput output;
    for (const double level : {0.3, 0.7}) {
      cv::Mat1f map;
      cv::Mat(inputs.front() > level).convertTo(map, CV_32F, 1 / 255.0);
      output.masks.push_back(map);
    }
    output.percent = 10 * runs;
    output.category = {runs == 1 ? 1.0 : 0.0, 0, runs == 1 ? 0.0 : 1.0, 0};
    return {output};
  }
  int runs = 0;

 private:
  ModelCard card_;
};

cv::Mat1f Breast() {
  cv::Mat1f input = cv::Mat1f::zeros(256, 128);
  cv::ellipse(input, {0, 110}, {80, 90}, 0, 0, 360, 0.5, cv::FILLED);
  cv::circle(input, {30, 60}, 22, 0.9, cv::FILLED);  // not in the middle: turned back or not shows
  return input;
}

double Dice(const cv::Mat& a, const cv::Mat& b) {
  return 2.0 * cv::countNonZero(a & b) / (cv::countNonZero(a) + cv::countNonZero(b));
}

TEST(RunVariants, TurnsMasksBack) {
  for (const int variants : {1, 2, 6, kMaxVariants}) {
    ThresholdBackend backend;
    const auto averaged = RunVariants(backend, Breast(), variants, 0.5);
    EXPECT_EQ(backend.runs, variants);
    EXPECT_GT(Dice(averaged.mean.masks[0] > 0.5, Breast() > 0.3), 0.98) << variants;
    EXPECT_GT(Dice(averaged.mean.masks[1] > 0.5, Breast() > 0.7), 0.97) << variants;
    EXPECT_NEAR(*averaged.mean.percent, 10 * (variants + 1) / 2.0, 1e-9);
    EXPECT_NEAR(averaged.mean.category[0], 1.0 / variants, 1e-9);
    ASSERT_EQ(averaged.percent_spread.has_value(), variants > 1);
    if (variants > 1) {
      EXPECT_LT(*averaged.percent_spread, 1);
    }
  }
}

TEST(RunVariants, SpreadFollowsGreyValues) {
  cv::Mat1f input = Breast();
  cv::circle(input, {45, 150}, 20, 0.68, cv::FILLED);  // dense in some of the variants
  ThresholdBackend backend;
  EXPECT_GT(*RunVariants(backend, input, kMaxVariants, 0.5).percent_spread, 2);
}

}  // namespace
}  // namespace mhcnn
