#include "mhcnn/stats/distance_transform.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

TEST(DistanceTransform, EqualsExhaustiveSearch) {
  RandomStream random(5);
  for (std::uint64_t round = 0; round < 60; ++round) {
    const int rows = 1 + static_cast<int>(random.Integer(20));
    const int columns = 1 + static_cast<int>(random.Integer(20));
    const PixelSpacing spacing{random.Uniform(0.05, 3), random.Uniform(0.05, 3)};
    const cv::Mat1b set = RandomMask(rows, columns, random.Uniform(0, 0.3), round);
    const cv::Mat1d found = EuclideanDistance(set, spacing);
    for (int y = 0; y < rows; ++y) {
      for (int x = 0; x < columns; ++x) {
        double nearest = std::numeric_limits<double>::infinity();
        for (int v = 0; v < rows; ++v) {
          for (int u = 0; u < columns; ++u) {
            if (!set(v, u)) continue;
            nearest =
                std::min(nearest, std::hypot(spacing.row * (v - y), spacing.column * (u - x)));
          }
        }
        if (std::isinf(nearest)) {
          EXPECT_EQ(found(y, x), nearest);
        } else {
          EXPECT_NEAR(found(y, x), nearest, 1e-12);
        }
      }
    }
  }
}

TEST(DistanceTransform, RefusesInvalidSpacing) {
  const cv::Mat1b set = cv::Mat1b::ones(2, 2);
  EXPECT_THROW(EuclideanDistance(set, {0, 1}), Error);
  EXPECT_THROW(EuclideanDistance(set, {1, -1}), Error);
  EXPECT_THROW(EuclideanDistance(set, {1, std::nan("")}), Error);
  EXPECT_TRUE(EuclideanDistance(cv::Mat1b(), {1, 1}).empty());
}

TEST(Segmentation, DistanceTransformEqualsSciPy) {
  for (const auto& c : StatsGoldens("/segmentation")) {
    cv::Mat1b mask = ToMask(c["truth"]), inner;
    cv::erode(mask, inner, cv::getStructuringElement(cv::MORPH_CROSS, {3, 3}), {-1, -1}, 1,
              cv::BORDER_CONSTANT, 0);
    const cv::Mat1d found = EuclideanDistance(mask & ~inner, {c["spacing"][0], c["spacing"][1]});
    EXPECT_NEAR(cv::mean(found)[0], c["distance_mean"].get<double>(), 1e-10);
    const std::vector<double> wanted = Doubles(c["distance"]);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_NEAR(*(found.begin() + static_cast<std::ptrdiff_t>(13 * i)), wanted[i], 1e-10);
    }
  }
}

}  // namespace
}  // namespace mhcnn
