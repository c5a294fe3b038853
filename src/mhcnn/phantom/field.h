#pragma once

#include <cstdint>
#include <opencv2/core.hpp>

#include "mhcnn/base/random.h"

namespace mhcnn::phantom {

/// The picture being made, in canonical orientation: chest wall at the left edge, nipple to the
/// right, head up. Pixel (row, column) has its centre at ((column+0.5)*mm, (row+0.5)*mm).
struct Grid {
  int height = 0, width = 0;  ///< pixels
  double mm = 1;              ///< pixel size, mm
  /// Returns the height of the picture in mm.
  double HeightMm() const { return height * mm; }
  /// Returns the width of the picture in mm.
  double WidthMm() const { return width * mm; }
};

/// Purposes of the random streams of one picture; the order is part of the population's identity.
enum class Purpose : std::uint32_t {
  kWoman,
  kView,
  kDenseNoise,
  kTextureNoise,
  kDetailNoise,
  kWarpNoise,
  kStructures,
  kQuantum,
  kAppearance,
  kMarkers,
  kFaults,
  kReader,
  kWebNoise,
  kForeign,
  kBody,
  kTissue,
  kMuscleNoise,
  kViewAndSide,
  kCount
};

/// Name of the streams of one picture: (population seed, case, slot of the view in its exam).
struct StreamSource {
  std::uint64_t seed = 0, index = 0;  ///< population and case
  std::uint32_t slot = 0;             ///< number of the view in its exam
  /// Returns the stream for a purpose.
  RandomStream Stream(Purpose purpose) const {
    const auto width = static_cast<std::uint32_t>(Purpose::kCount);
    return RandomStream(seed, index, slot * width + static_cast<std::uint32_t>(purpose));
  }
};

/// A periodic picture of Gaussian noise, zero mean and unit deviation, whose two-dimensional power
/// spectrum falls as f^-beta. It spans `span_mm`, so that the same tile gives the same anatomy at
/// any resolution.
class NoiseTile {
 public:
  /// Makes a tile. `size`: samples a side (a power of two is cheapest). Frequencies under
  /// `lowest_cycles` per tile are left out, so that a tile of detail does not repeat visibly.
  NoiseTile(RandomStream random, double beta, double span_mm, int size = 256,
            double lowest_cycles = 1);
  /// Returns the values at the centres of the grid's pixels, bicubic.
  cv::Mat1f Sample(const Grid& grid) const;
  /// Returns the values at the positions (x, y) in mm, two pictures of one shape.
  cv::Mat1f Sample(const cv::Mat1f& x_mm, const cv::Mat1f& y_mm) const;
  /// Returns one period, size x size.
  cv::Mat1f samples() const { return tile_(cv::Rect(kPad, kPad, size_, size_)); }

 private:
  static constexpr int kPad = 4;

  double span_mm_;
  int size_;
  cv::Mat1f tile_;  ///< with a border of kPad samples of the neighbouring periods
};

/// Returns about a standard normal number from one word: the sum of its four bytes (Irwin-Hall),
/// within 3.5 deviations. For noise pictures, where Box-Muller would use most of the time.
inline float ApproxNormal(std::uint32_t bits) {
  const auto sum = (bits & 255u) + ((bits >> 8) & 255u) + ((bits >> 16) & 255u) + (bits >> 24);
  return (static_cast<float>(sum) - 510.f) * (1.f / 147.8f);
}

/// Returns a Gaussian blur with a deviation in pixels; wide ones are done on a smaller picture.
cv::Mat1f Blur(const cv::Mat1f& image, double sigma_px);

/// Returns 0 at or below `low`, 1 at or above `high`, smooth between.
inline float SmoothStep(float low, float high, float value) {
  const float t = std::min(1.f, std::max(0.f, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

/// Returns the value under which the fraction `q` (0..1) of `mask`'s pixels lie; 0 if it is empty.
float Quantile(const cv::Mat1f& image, const cv::Mat1b& mask, double q);

}  // namespace mhcnn::phantom
