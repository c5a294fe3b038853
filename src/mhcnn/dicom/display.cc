#include "mhcnn/dicom/display.h"

#include <algorithm>
#include <cmath>

namespace mhcnn {
namespace {

constexpr double kWhite = 65535;

std::uint16_t ToGrey(double fraction) {
  return static_cast<std::uint16_t>(std::lround(std::clamp(fraction, 0.0, 1.0) * kWhite));
}

std::uint16_t LookUp(const LookupTable& table, double input) {
  const double last = static_cast<double>(table.values.size()) - 1;
  return table
      .values[static_cast<std::size_t>(std::clamp(std::round(input) - table.first, 0.0, last))];
}

/// Output of the window as a fraction 0..1 (PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and .2).
double Windowed(const Window& window, double x) {
  const double c = window.center, w = window.width;
  switch (window.function) {
    case WindowFunction::kLinear:
      // The standard's two comparisons first: with a width of 1 the slope is not defined.
      if (x <= c - 0.5 - (w - 1) / 2) return 0;
      if (x > c - 0.5 + (w - 1) / 2) return 1;
      return (x - (c - 0.5)) / (w - 1) + 0.5;
    case WindowFunction::kLinearExact:
      if (x <= c - w / 2) return 0;
      if (x > c + w / 2) return 1;
      return (x - c) / w + 0.5;
    case WindowFunction::kSigmoid:
      return 1 / (1 + std::exp(-4 * (x - c) / w));
  }
  return 0;
}

bool IsPadding(const DisplayParameters& p, int value) {
  return p.padding && value >= p.padding->first && value <= p.padding->second;
}

double ModalityValue(const DisplayParameters& p, int value) {
  return p.modality_table ? static_cast<double>(LookUp(*p.modality_table, value))
                          : value * p.slope + p.intercept;
}

/// Grey of a value after the modality step, of a white of kWhite.
double VoiGrey(const DisplayParameters& p, double modality) {
  if (p.voi_table) {
    return std::round(LookUp(*p.voi_table, modality) * kWhite / ((1 << p.voi_table->bits) - 1));
  }
  return ToGrey(Windowed(*p.window, modality));
}

}  // namespace

bool IsUsable(const Window& window) {
  if (!std::isfinite(window.center) || !std::isfinite(window.width)) return false;
  return window.function == WindowFunction::kLinear ? window.width >= 1 : window.width > 0;
}

int ToStoredValue(std::uint16_t pattern, int bits, bool is_signed) {
  const int value = pattern & ((1 << bits) - 1);
  return is_signed && (value >> (bits - 1)) != 0 ? value - (1 << bits) : value;
}

std::vector<std::uint16_t> MakeDisplayTable(const DisplayParameters& p) {
  const int count = 1 << p.bits;
  const int least = p.is_signed ? -(count / 2) : 0;
  const auto [lowest, highest] = p.range.value_or(std::pair(least, least + count - 1));
  // What white is, to invert against: of the VOI's output, of the table's, or of the stored range.
  double white = kWhite;
  const bool has_voi = p.voi_table || p.window;
  if (!has_voi) white = p.modality_table ? (1 << p.modality_table->bits) - 1 : highest - lowest;

  std::vector<std::uint16_t> table(static_cast<std::size_t>(count));
  for (int pattern = 0; pattern < count; ++pattern) {
    const int value = ToStoredValue(static_cast<std::uint16_t>(pattern), p.bits, p.is_signed);
    if (IsPadding(p, value)) continue;
    const double modality = ModalityValue(p, value);
    double grey = 0;
    if (has_voi) {
      grey = VoiGrey(p, modality);
    } else if (p.modality_table) {
      grey = modality;
    } else {
      grey = p.slope < 0 ? highest - value : value - lowest;
    }
    grey = std::clamp(grey, 0.0, white);
    table[static_cast<std::size_t>(pattern)] =
        static_cast<std::uint16_t>(p.inverted ? white - grey : grey);
  }
  return table;
}

bool IsVoiFlat(const DisplayParameters& p) {
  if (!p.present || p.present->first == p.present->second || (!p.voi_table && !p.window)) {
    return false;
  }
  const double darkest = VoiGrey(p, ModalityValue(p, p.present->first));
  for (int value = p.present->first + 1; value <= p.present->second; ++value) {
    if (VoiGrey(p, ModalityValue(p, value)) != darkest) return false;
  }
  return true;
}

bool IsPaddingDark(const DisplayParameters& p) {
  if (!p.padding) return true;
  DisplayParameters without = p;
  without.padding.reset();
  const auto table = MakeDisplayTable(without);
  const int white = *std::max_element(table.begin(), table.end());
  for (std::size_t pattern = 0; pattern < table.size(); ++pattern) {
    const int value = ToStoredValue(static_cast<std::uint16_t>(pattern), p.bits, p.is_signed);
    // A hundredth of the range is no difference that an edge would show.
    if (IsPadding(p, value) && table[pattern] * 100 > white) return false;
  }
  return true;
}

GreyImage ApplyTable(const cv::Mat1w& patterns, const std::vector<std::uint16_t>& table) {
  GreyImage grey(patterns.size());
  for (int row = 0; row < patterns.rows; ++row) {
    const std::uint16_t* from = patterns[row];
    std::uint16_t* to = grey[row];
    for (int column = 0; column < patterns.cols; ++column) to[column] = table[from[column]];
  }
  return grey;
}

}  // namespace mhcnn
