#include "mhcnn/dicom/raw.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mhcnn/image/quantile.h"

namespace mhcnn {
namespace {

constexpr double kAssumedHeightMm = 235;  // a mammogram's usual field of view
constexpr int kWorkingSide = 800;         // longer side that the margin is measured on
constexpr double kSmoothMm = 3;
constexpr double kFullThicknessMm = 30;  // from the skin to where the paddles hold it flat

/// Returns ln of the signal for each pattern, rising with attenuation.
std::vector<float> LogTable(const DisplayParameters& p, const RawSignal& signal) {
  std::vector<float> table(std::size_t{1} << p.bits);
  for (std::size_t pattern = 0; pattern < table.size(); ++pattern) {
    const int value = ToStoredValue(static_cast<std::uint16_t>(pattern), p.bits, p.is_signed);
    const double log = signal.is_linear ? std::log1p(std::max(value, 0)) : value;
    table[pattern] = static_cast<float>(signal.brighter_is_air ? -log : log);
  }
  return table;
}

/// Attenuation, 0 in air; `padded` marks samples that are no picture, those of `hidden` too.
cv::Mat1f Attenuation(const cv::Mat1w& patterns, const DisplayParameters& p,
                      const RawSignal& signal, const Mask& hidden, Mask& padded) {
  const std::vector<float> table = LogTable(p, signal);
  std::vector<std::size_t> histogram(table.size());
  cv::Mat1f attenuation(patterns.size());
  padded = hidden.empty() ? Mask(Mask::zeros(patterns.size())) : hidden.clone();
  for (int row = 0; row < patterns.rows; ++row) {
    for (int column = 0; column < patterns.cols; ++column) {
      const std::uint16_t pattern = patterns(row, column);
      const int value = ToStoredValue(pattern, p.bits, p.is_signed);
      attenuation(row, column) = table[pattern];
      const bool is_padding = padded(row, column) != 0 || (p.padding && value >= p.padding->first &&
                                                           value <= p.padding->second);
      if (is_padding) padded(row, column) = 255;
      histogram[pattern] += !is_padding;
    }
  }
  // Dead pixels must not set the range: a thousandth of the picture may lie beyond either end.
  std::vector<std::pair<float, std::size_t>> ranked;
  for (std::size_t pattern = 0; pattern < table.size(); ++pattern) {
    if (histogram[pattern] > 0) ranked.emplace_back(table[pattern], histogram[pattern]);
  }
  if (ranked.empty()) return cv::Mat1f::zeros(patterns.size());
  std::sort(ranked.begin(), ranked.end());
  const std::size_t allowed = patterns.total() / 1000;
  const auto end = [allowed](auto from, auto to) {
    std::size_t count = 0;
    for (auto it = from; it != to; ++it) {
      if ((count += it->second) > allowed) return it->first;
    }
    return from->first;
  };
  const float air = end(ranked.begin(), ranked.end()), most = end(ranked.rbegin(), ranked.rend());
  attenuation -= air;
  cv::min(cv::max(attenuation, 0), std::max(0.F, most - air), attenuation);
  attenuation.setTo(0, padded);
  return attenuation;
}

Mask LargestRegion(const Mask& mask) {
  cv::Mat1i labels, stats;
  cv::Mat centroids;
  const int count = cv::connectedComponentsWithStats(mask, labels, stats, centroids);
  int largest = 0;
  for (int i = 1; i < count; ++i) {
    if (largest == 0 || stats(i, cv::CC_STAT_AREA) > stats(largest, cv::CC_STAT_AREA)) largest = i;
  }
  return largest == 0 ? Mask(Mask::zeros(mask.size())) : Mask(labels == largest);
}

/// The pixels within a mask, in a row.
cv::Mat1f SelectInside(const cv::Mat1f& picture, const Mask& mask) {
  cv::Mat1f values(1, cv::countNonZero(mask));
  auto to = values.begin();
  for (int row = 0; row < mask.rows; ++row) {
    for (int column = 0; column < mask.cols; ++column) {
      if (mask(row, column) != 0) *to++ = picture(row, column);
    }
  }
  return values;
}

/// Returns the mask of the tissue, on the working picture.
Mask FindBreast(const cv::Mat1f& attenuation) {
  double most = 0;
  cv::minMaxLoc(attenuation, nullptr, &most);
  if (most <= 0) return Mask::zeros(attenuation.size());
  cv::Mat1b eight;
  attenuation.convertTo(eight, CV_8U, 255 / most);
  Mask tissue;
  cv::threshold(eight, tissue, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
  const double typical = Quantile(SelectInside(attenuation, tissue), 0.5);
  cv::Mat1f smooth;
  cv::GaussianBlur(attenuation, smooth, {}, 1.5);
  return LargestRegion(Mask(smooth > 0.05 * typical));
}

/// Returns the attenuation to add at each millimetre from the skin line, 0 from full thickness on.
std::vector<float> MarginLack(const cv::Mat1f& attenuation, const Mask& breast,
                              const cv::Mat1f& depth_mm) {
  double deepest = 0;
  cv::minMaxLoc(depth_mm, nullptr, &deepest, nullptr, nullptr, breast);
  const int full = static_cast<int>(std::min(kFullThicknessMm, 0.6 * deepest));
  std::vector<std::vector<float>> at(static_cast<std::size_t>(full) + 1);
  for (int row = 0; row < breast.rows; ++row) {
    for (int column = 0; column < breast.cols; ++column) {
      const auto mm = static_cast<std::size_t>(depth_mm(row, column));
      if (breast(row, column) != 0 && mm < at.size()) {
        at[mm].push_back(attenuation(row, column));
      }
    }
  }
  std::vector<float> profile(at.size());
  for (std::size_t mm = 0; mm < at.size(); ++mm) {
    if (!at[mm].empty()) {
      const auto tenth = at[mm].begin() + static_cast<std::ptrdiff_t>(at[mm].size() / 10);
      std::nth_element(at[mm].begin(), tenth, at[mm].end());
      profile[mm] = *tenth;
    }
    // The breast does not get thinner away from its skin.
    if (mm > 0) profile[mm] = std::max(profile[mm], profile[mm - 1]);
  }
  std::vector<float> lack(profile.size());
  std::transform(profile.begin(), profile.end(), lack.begin(),
                 [&](float value) { return profile.back() - value; });
  return lack;
}

float Interpolate(const std::vector<float>& table, float at) {
  if (table.empty()) return 0;
  const float position = std::clamp(at - 0.5F, 0.F, static_cast<float>(table.size() - 1));
  const auto below = static_cast<std::size_t>(position);
  const auto above = std::min(below + 1, table.size() - 1);
  const float fraction = position - static_cast<float>(below);
  return table[below] * (1 - fraction) + table[above] * fraction;
}

}  // namespace

GreyImage ConvertRaw(const cv::Mat1w& patterns, const DisplayParameters& parameters,
                     const RawSignal& signal, const Mask& hidden) {
  Mask padded;
  cv::Mat1f attenuation = Attenuation(patterns, parameters, signal, hidden, padded);

  cv::Mat1f working = attenuation;
  const double scale =
      std::min(1.0, static_cast<double>(kWorkingSide) / std::max(patterns.rows, patterns.cols));
  if (scale < 1) cv::resize(attenuation, working, {}, scale, scale, cv::INTER_AREA);
  const Mask breast = FindBreast(working);
  if (cv::countNonZero(breast) == 0) return GreyImage::zeros(patterns.size());
  const double mm = signal.pixel_mm.value_or(kAssumedHeightMm / patterns.rows) / scale;
  cv::Mat1f depth_mm;
  // The frame is no skin: only air within the picture counts.
  cv::distanceTransform(breast, depth_mm, cv::DIST_L2, cv::DIST_MASK_5);
  depth_mm *= mm;
  const std::vector<float> lack = MarginLack(working, breast, depth_mm);
  cv::Mat1f added(breast.size(), 0.F);
  for (int row = 0; row < breast.rows; ++row) {
    for (int column = 0; column < breast.cols; ++column) {
      if (breast(row, column) != 0) {
        added(row, column) = Interpolate(lack, depth_mm(row, column));
      }
    }
  }
  // Neither a rim at the skin line nor an edge where the correction ends.
  cv::GaussianBlur(added, added, {}, kSmoothMm / mm);
  added.setTo(0, ~breast);
  const cv::Mat1f equalised = working + added;
  const cv::Mat1f values = SelectInside(equalised, breast);
  const double low = Quantile(values, 0.1), high = Quantile(values, 0.995);
  const double span = std::max(1e-6, high - low);
  const double bottom = low - 0.4 * span, top = high + 0.1 * span;

  cv::Mat1f added_whole;
  Mask inside;
  cv::resize(added, added_whole, patterns.size(), 0, 0, cv::INTER_LINEAR);
  cv::resize(breast, inside, patterns.size(), 0, 0, cv::INTER_LINEAR);
  attenuation += added_whole;
  GreyImage grey;
  attenuation.convertTo(grey, CV_16U, 65535 / (top - bottom), -bottom * 65535 / (top - bottom));
  grey.setTo(0, (inside < 128) | padded);
  return grey;
}

}  // namespace mhcnn
