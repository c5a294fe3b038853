#include "mhcnn/phantom/field.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace mhcnn {
namespace {

constexpr std::uint64_t kSeed = 7;

/// Slope of log power against log frequency, radially averaged over a middle range.
double SpectrumSlope(const cv::Mat1f& image) {
  cv::Mat2f spectrum;
  cv::dft(image, spectrum, cv::DFT_COMPLEX_OUTPUT);
  const int n = image.rows;
  std::vector<double> power(static_cast<std::size_t>(n)), count(static_cast<std::size_t>(n));
  for (int r = 0; r < n; ++r) {
    for (int c = 0; c < n; ++c) {
      const double f = std::hypot(std::min(r, n - r), std::min(c, n - c));
      const auto bin = static_cast<std::size_t>(std::lround(f));
      if (bin >= power.size()) continue;
      power[bin] += spectrum(r, c).dot(spectrum(r, c));
      count[bin] += 1;
    }
  }
  double sx = 0, sy = 0, sxx = 0, sxy = 0, k = 0;
  for (std::size_t i = 4; i < static_cast<std::size_t>(n) / 3; ++i) {
    const double x = std::log(static_cast<double>(i)), y = std::log(power[i] / count[i]);
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
    k += 1;
  }
  return (k * sxy - sx * sy) / (k * sxx - sx * sx);
}

TEST(NoiseTile, PowerFallsWithBeta) {
  for (const double beta : {2.0, 3.0, 3.5}) {
    const phantom::NoiseTile tile(RandomStream(kSeed, 1, 2), beta, 100);
    EXPECT_NEAR(SpectrumSlope(tile.samples()), -beta, 0.12) << beta;
    cv::Scalar mean, deviation;
    cv::meanStdDev(tile.samples(), mean, deviation);
    EXPECT_NEAR(mean[0], 0, 1e-4);
    EXPECT_NEAR(deviation[0], 1, 1e-4);
  }
}

TEST(NoiseTile, DoesNotDependOnPixelSize) {
  const phantom::NoiseTile tile(RandomStream(kSeed, 1, 2), 3.0, 64, 64);
  const cv::Mat1f coarse = tile.Sample(phantom::Grid{32, 32, 2.0});
  const cv::Mat1f fine = tile.Sample(phantom::Grid{64, 64, 1.0});
  cv::Mat1f mean;
  cv::resize(fine, mean, coarse.size(), 0, 0, cv::INTER_AREA);
  EXPECT_LT(cv::norm(coarse, mean, cv::NORM_L2) / cv::norm(coarse, cv::NORM_L2), 0.2);
}

}  // namespace
}  // namespace mhcnn
