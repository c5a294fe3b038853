#include "mhcnn/analyze/dense_thresholds.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mhcnn/base/random.h"
#include "mhcnn/image/percent_density.h"

namespace mhcnn {
namespace {

TEST(DenseThresholds, AscendAndIncludeNamedThresholds) {
  EXPECT_TRUE(std::is_sorted(kDenseThresholds.begin(), kDenseThresholds.end()));
  for (const double named : {0.5, kStrandsThreshold})
    EXPECT_NE(std::find(kDenseThresholds.begin(), kDenseThresholds.end(), named),
              kDenseThresholds.end());
}

TEST(DenseThresholds, ReturnPercentOfThresholdedMask) {
  cv::Mat1f dense(40, 30);
  Mask breast = Mask::zeros(dense.size());
  RandomStream random(5);
  for (float& value : dense) value = static_cast<float>(random.Uniform());
  breast(cv::Rect(2, 3, 20, 30)).setTo(255);
  const auto percent_densities = MeasurePercentByThreshold(dense, breast);
  ASSERT_TRUE(percent_densities);
  for (std::size_t i = 0; i < kDenseThresholds.size(); ++i) {
    const Mask cut = (dense > kDenseThresholds[i]) & breast;
    EXPECT_DOUBLE_EQ((*percent_densities)[i], *PercentDensity(breast, cut)) << kDenseThresholds[i];
  }
  EXPECT_FALSE(MeasurePercentByThreshold(dense, Mask::zeros(dense.size())));
}

}  // namespace
}  // namespace mhcnn
