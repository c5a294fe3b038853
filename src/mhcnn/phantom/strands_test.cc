#include "mhcnn/phantom/strands.h"

#include <gtest/gtest.h>

namespace mhcnn::phantom {
namespace {

TEST(Strands, FollowDirectionOfPoint) {
  cv::Mat1f x(128, 128), y(128, 128);
  for (int r = 0; r < 128; ++r) {
    for (int c = 0; c < 128; ++c) {
      x(r, c) = static_cast<float>(c + 0.5);
      y(r, c) = static_cast<float>(r + 0.5);
    }
  }
  const Flow flow = MakeFlow({200, 64}, x, y);
  const NoiseTile tile(RandomStream(5), 3, 110, 256, 2);
  // Along a row through the point's height lines run straight: less change along than across.
  double before = 0;
  for (const double stretch : {1.0, 4.0}) {
    const cv::Mat1f noise =
        SampleAlongFlow(tile, flow, {.angle = 0, .stretch = stretch, .scale = 1, .shift_mm = 3});
    const cv::Rect part(20, 54, 80, 20);
    const double along = cv::norm(noise(part), noise(part + cv::Point(1, 0)), cv::NORM_L2);
    const double across = cv::norm(noise(part), noise(part + cv::Point(0, 1)), cv::NORM_L2);
    if (stretch > 1) {
      EXPECT_GT(across / along, 2 * before);
    }
    before = across / along;
  }
}

}  // namespace
}  // namespace mhcnn::phantom
