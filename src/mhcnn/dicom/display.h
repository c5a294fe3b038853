#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// A look-up table as DICOM stores it (PS3.3 C.11.1.1, C.11.2.1.1): input `first` maps to
/// values[0], smaller inputs too; larger inputs than the last entry's map to the last.
struct LookupTable {
  int first = 0;                      ///< stored value of the first entry
  int bits = 16;                      ///< bits of an entry; the output range is 0 .. 2^bits - 1
  std::vector<std::uint16_t> values;  ///< the entries
};

/// VOI LUT Function (0028,1056).
enum class WindowFunction { kLinear, kLinearExact, kSigmoid };

/// A window of VOI (PS3.3 C.11.2.1.2).
struct Window {
  double center = 0, width = 0;  ///< in values after the Modality LUT or rescale
  WindowFunction function = WindowFunction::kLinear;  ///< how grey rises within the window
};

/// Parameters that convert stored values to grey (PS3.3 C.7.6.3, C.11.1, C.11.2, C.8.11.3).
struct DisplayParameters {
  int bits = 16;           ///< Bits Stored: 1..16
  bool is_signed = false;  ///< Pixel Representation 1: two's complement of `bits` bits
  /// Stored values that are not of the picture (Pixel Padding Value and Range Limit), both ends
  /// included; they become 0, the darkest, after inversion too.
  std::optional<std::pair<int, int>> padding;
  std::optional<LookupTable> modality_table;  ///< used instead of slope and intercept
  double slope = 1, intercept = 0;            ///< Rescale Slope and Intercept; the slope is not 0
  std::optional<LookupTable> voi_table;       ///< used instead of the window
  std::optional<Window> window;               ///< used if there is no VOI table
  bool inverted = false;                      ///< whether the smallest value is white
  /// Smallest and largest stored value of the picture without its padding, where known.
  std::optional<std::pair<int, int>> present;
  /// Stored values at the ends of the grey scale without a VOI. Nothing where the picture is not
  /// known: then they are the smallest and largest value that can be stored.
  std::optional<std::pair<int, int>> range;
};

/// Returns whether the window can be applied by its function (PS3.3 C.11.2.1.2: LINEAR needs a
/// width of at least 1, the others one above 0).
bool IsUsable(const Window& window);

/// Returns the grey of each stored bit pattern 0 .. 2^bits - 1. With a VOI (table or window) its
/// output range is 0..65535. Without one, nothing is lost: the grey is the stored value, shifted so
/// that `range` starts at 0 (turned where the slope is negative), or the modality table's entry.
std::vector<std::uint16_t> MakeDisplayTable(const DisplayParameters& parameters);

/// Returns whether the VOI (table or window) gives all values of `present` the same grey.
bool IsVoiFlat(const DisplayParameters& parameters);

/// Returns whether padded samples look as dark without the rule for padding. Then to mix them with
/// their neighbours, as a reduced picture does, is the same as to average the displayed picture.
bool IsPaddingDark(const DisplayParameters& parameters);

/// Returns the number that a stored bit pattern means.
int ToStoredValue(std::uint16_t pattern, int bits, bool is_signed);

/// Replaces each pattern by its entry in the table; patterns must be below table.size().
GreyImage ApplyTable(const cv::Mat1w& patterns, const std::vector<std::uint16_t>& table);

}  // namespace mhcnn
