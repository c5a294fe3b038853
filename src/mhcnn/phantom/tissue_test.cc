#include "mhcnn/phantom/tissue.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mhcnn/phantom/field.h"

namespace mhcnn {
namespace {

constexpr std::uint64_t kSeed = 7;

TEST(Threshold, ReachesPercentWithoutSpeckle) {
  const phantom::NoiseTile tile(RandomStream(kSeed, 4, 1), 3.0, 128, 128);
  const cv::Mat1f field = tile.Sample(phantom::Grid{128, 128, 1.0});
  const Mask breast(128, 128, uchar{255});
  for (const double percent : {0.0, 5.0, 40.0, 85.0}) {
    const Mask dense = phantom::ThresholdToPercent(field, breast, percent, 30).mask;
    EXPECT_NEAR(100.0 * cv::countNonZero(dense) / (128 * 128), percent, 1.5);
    cv::Mat1i labels, stats;
    cv::Mat centroids;
    const int parts = cv::connectedComponentsWithStats(dense, labels, stats, centroids);
    for (int i = 1; i < parts; ++i) EXPECT_GE(stats(i, cv::CC_STAT_AREA), 10);
  }
}

}  // namespace
}  // namespace mhcnn
