#include "mhcnn/analyze/tissue_masks.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace mhcnn {
namespace {

constexpr int kSide = 100;

cv::Mat1f Map() { return cv::Mat1f(kSide, kSide, 0.f); }
void Paint(cv::Mat1f& map, const cv::Rect& box, float value) { map(box).setTo(value); }

TEST(TissueMasks, PixelsGoToLikelierTissueAndDenseLiesInBreast) {
  cv::Mat1f breast = Map(), dense = Map(), muscle = Map();
  Paint(breast, {0, 0, 60, 100}, 0.8f);
  Paint(muscle, {0, 0, 30, 40}, 0.9f);
  Paint(muscle, {0, 40, 30, 20}, 0.7f);  // less sure than the breast
  Paint(dense, {20, 30, 70, 20}, 0.9f);
  const TissueMasks masks = BinarizeProbabilityMaps(breast, dense, muscle, 0.5);
  EXPECT_EQ(cv::countNonZero(masks.pectoral), 30 * 40);
  EXPECT_EQ(cv::countNonZero(masks.breast), 60 * 100 - 30 * 40);
  EXPECT_EQ(cv::countNonZero(masks.breast & masks.pectoral), 0);
  EXPECT_EQ(cv::countNonZero(masks.dense), 40 * 20 - 10 * 10);
  EXPECT_EQ(cv::countNonZero(masks.dense & ~masks.breast), 0);
}

TEST(TissueMasks, FillsSmallClosedHolesOnly) {
  cv::Mat1f breast = Map(), none = Map();
  Paint(breast, {0, 0, 80, 100}, 0.9f);
  Paint(breast, {20, 20, 8, 8}, 0.1f);    // a hole of 64 pixels, under 2 % of 8,000
  Paint(breast, {40, 50, 20, 20}, 0.1f);  // an implant's 400
  Paint(breast, {0, 80, 8, 8}, 0.1f);     // reaches the frame
  const TissueMasks masks = BinarizeProbabilityMaps(breast, none, none, 0.5);
  EXPECT_EQ(cv::countNonZero(masks.breast), 8000 - 400 - 64);
  EXPECT_EQ(masks.breast(24, 24), 255);
  EXPECT_EQ(masks.breast(60, 50), 0);
  EXPECT_EQ(masks.breast(84, 4), 0);
}

TEST(TissueMasks, RemovesIslands) {
  cv::Mat1f breast = Map(), none = Map(), muscle = Map();
  Paint(breast, {0, 0, 50, 100}, 0.9f);
  Paint(breast, {80, 10, 10, 10}, 0.9f);
  Paint(muscle, {0, 0, 20, 20}, 1);
  Paint(muscle, {0, 90, 5, 5}, 1);
  const TissueMasks masks = BinarizeProbabilityMaps(breast, none, muscle, 0.5);
  EXPECT_EQ(masks.breast(15, 85), 0);
  EXPECT_EQ(cv::countNonZero(masks.pectoral), 400);
  EXPECT_EQ(masks.breast(92, 2), 255);  // what the island claimed is breast again
  EXPECT_EQ(cv::countNonZero(BinarizeProbabilityMaps(none, none, none, 0.5).breast), 0);
}

}  // namespace
}  // namespace mhcnn
