#include "mhcnn/image/labels.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(MapLabels, GivesEachPixelTheValueOfItsLabel) {
  const cv::Mat1i labels = (cv::Mat1i(2, 3) << 0, 1, 2, 2, 0, 1);
  const Mask wanted = (Mask(2, 3) << 0, 255, 7, 7, 0, 255);
  EXPECT_EQ(cv::norm(MapLabels(labels, {0, 255, 7}), wanted, cv::NORM_INF), 0);
}

}  // namespace
}  // namespace mhcnn
