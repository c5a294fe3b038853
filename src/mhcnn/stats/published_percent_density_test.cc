#include "mhcnn/stats/published_percent_density.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(PublishedPercentDensity, TheNormalOnTheRootHasThePublishedMeanAndAboutItsEnds) {
  for (const PublishedPercentDensity& published : kPublishedPercentDensities) {
    double sum = 0;
    constexpr int kCases = 10000;
    for (int i = 0; i < kCases; ++i) sum += published.Quantile((i + 0.5) / kCases);
    // Category a: the root is cut off at 0, where the normal is not.
    EXPECT_NEAR(sum / kCases, published.mean, 0.2);
    EXPECT_NEAR(published.Quantile(0.05), published.low, 1);
    EXPECT_NEAR(published.Quantile(0.95), published.high, 2.5);
  }
}

TEST(PublishedPercentDensity, EachCategoryIsDenserThanTheOneBefore) {
  for (std::size_t i = 1; i < kPublishedPercentDensities.size(); ++i) {
    for (const double p : {0.05, 0.5, 0.95}) {
      EXPECT_GT(kPublishedPercentDensities[i].Quantile(p),
                kPublishedPercentDensities[i - 1].Quantile(p));
    }
  }
}

}  // namespace
}  // namespace mhcnn
