#include "stats/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mhcnn {
namespace {

TEST(Metrics, ClosedForms) {
  cv::Mat1b a = cv::Mat1b::zeros(4, 4), b = a.clone();
  EXPECT_EQ(Dice(a, b), 1);
  a(cv::Rect(0, 0, 2, 4)).setTo(255);
  b(cv::Rect(1, 0, 2, 4)).setTo(255);
  EXPECT_DOUBLE_EQ(Dice(a, b), 0.5);
  EXPECT_DOUBLE_EQ(MeanAbsoluteError({1, 2, 3}, {2, 2, 5}), 1);
  EXPECT_TRUE(std::isnan(Mean({})));
}

// Values from scipy.stats 1.17.1: pearsonr and spearmanr of these lists (ties included).
TEST(Metrics, CorrelationsEqualScipy) {
  const std::vector<double> x = {1, 2, 2, 4, 7, 9}, y = {3, 1, 4, 4, 8, 6};
  EXPECT_NEAR(Pearson(x, y), 0.7941665109370262, 1e-12);
  EXPECT_NEAR(Spearman(x, y), 0.8088235294117647, 1e-12);
  EXPECT_TRUE(std::isnan(Spearman(x, {1, 1, 1, 1, 1, 1})));
}

}  // namespace
}  // namespace mhcnn
