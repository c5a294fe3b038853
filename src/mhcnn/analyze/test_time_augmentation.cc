#include "mhcnn/analyze/test_time_augmentation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mhcnn/image/percent_density.h"

namespace mhcnn {
namespace {

struct Variant {
  bool mirrored = false;
  double gamma = 1, contrast = 1;
  double degrees = 0;
};

constexpr std::array<Variant, kMaxVariants> kVariants = {
    Variant{},
    Variant{.mirrored = true},
    Variant{.gamma = 0.85},
    Variant{.gamma = 1.18},
    Variant{.degrees = 4},
    Variant{.degrees = -4},
    Variant{.mirrored = true, .contrast = 0.92},
    Variant{.contrast = 1.08},
};

/// About the middle of the chest wall, the left edge.
cv::Mat1f Turned(const cv::Mat1f& map, double degrees) {
  if (degrees == 0) return map;
  cv::Mat1f turned;
  cv::warpAffine(map, turned,
                 cv::getRotationMatrix2D({0.0f, static_cast<float>(map.rows) / 2}, degrees, 1),
                 map.size(), cv::INTER_LINEAR, cv::BORDER_CONSTANT, cv::Scalar(0));
  return turned;
}

cv::Mat1f Mirrored(const cv::Mat1f& map, bool mirrored) {
  if (!mirrored) return map;
  cv::Mat1f other;
  cv::flip(map, other, 0);
  return other;
}

cv::Mat1f Changed(const cv::Mat1f& input, const Variant& v) {
  cv::Mat1f changed = Turned(Mirrored(input, v.mirrored), v.degrees).clone();
  for (float& value : changed) {
    const double magnitude = std::pow(std::abs(static_cast<double>(value)), v.gamma) * v.contrast;
    value = static_cast<float>(value < 0 ? -magnitude : magnitude);
  }
  return changed;
}

/// Returns the percent of "breast" and "dense" in the network's frame; none without a breast.
std::optional<double> ComputeMaskPercent(const NetworkOutput& output, const ModelCard& card,
                                         double threshold) {
  const auto named = [&](const char* name) {
    const auto at = std::find(card.masks.begin(), card.masks.end(), name);
    return at == card.masks.end() || output.masks.empty()
               ? Mask()
               : Mask(output.masks[static_cast<std::size_t>(at - card.masks.begin())] > threshold);
  };
  return PercentDensity(named("breast"), named("dense"));
}

std::optional<double> Deviation(const std::vector<double>& values) {
  if (values.size() < 2) return std::nullopt;
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace

AveragedOutput RunVariants(Backend& backend, const cv::Mat1f& input, int variants,
                           double mask_threshold) {
  AveragedOutput averaged;
  if (variants <= 1) {
    averaged.mean = backend.Run({input}).front();
    return averaged;
  }
  const auto count = static_cast<std::size_t>(std::min(variants, kMaxVariants));
  const double fraction = 1.0 / static_cast<double>(count);
  std::vector<double> percent_densities;
  for (std::size_t i = 0; i < count; ++i) {
    NetworkOutput output = backend.Run({Changed(input, kVariants[i])}).front();
    for (cv::Mat1f& mask : output.masks)
      mask = Mirrored(Turned(mask, -kVariants[i].degrees), kVariants[i].mirrored);
    if (const auto percent = ComputeMaskPercent(output, backend.card(), mask_threshold))
      percent_densities.push_back(*percent);
    NetworkOutput& mean = averaged.mean;
    if (i == 0) {
      mean.features = std::move(output.features);  // of the picture as it is
      for (const auto& mask : output.masks) mean.masks.emplace_back(cv::Mat1f::zeros(mask.size()));
      mean.category.assign(output.category.size(), 0);
    }
    for (std::size_t m = 0; m < mean.masks.size(); ++m) mean.masks[m] += fraction * output.masks[m];
    for (std::size_t c = 0; c < mean.category.size(); ++c)
      mean.category[c] += fraction * output.category[c];
    if (output.percent) mean.percent = mean.percent.value_or(0) + fraction * *output.percent;
  }
  averaged.percent_spread = Deviation(percent_densities);
  return averaged;
}

}  // namespace mhcnn
