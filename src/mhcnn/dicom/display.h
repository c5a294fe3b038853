#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// A look-up table as DICOM stores it (PS3.3 C.11.1.1, C.11.2.1.1): input `first` maps to
/// values[0], smaller inputs too; inputs beyond the end map to the last.
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

/// How stored values become grey (PS3.3 C.7.6.3, C.11.1, C.11.2, C.8.11.3).
struct DisplayParameters {
  int bits = 16;           ///< Bits Stored: 1..16
  bool is_signed = false;  ///< Pixel Representation 1: two's complement of `bits` bits
  /// Stored values that are no picture (Pixel Padding Value and Range Limit), both ends included;
  /// they become 0, the darkest, after inversion too.
  std::optional<std::pair<int, int>> padding;
  std::optional<LookupTable> modality_table;  ///< goes before slope and intercept
  double slope = 1, intercept = 0;            ///< Rescale Slope and Intercept; the slope is not 0
  std::optional<LookupTable> voi_table;       ///< goes before the window
  std::optional<Window> window;               ///< used if there is no VOI table
  bool inverted = false;                      ///< the smallest value is white
  /// Smallest and largest stored value of the picture without its padding, where known.
  std::optional<std::pair<int, int>> present;
  /// The stored values that are the ends of the grey scale without a VOI; those of what can be
  /// stored where nothing is known of the picture.
  std::optional<std::pair<int, int>> range;
};

/// Is the window one that its function can apply (PS3.3 C.11.2.1.2: LINEAR needs a width of at
/// least 1, the others one above 0)?
bool IsUsable(const Window& window);

/// The grey of each stored bit pattern 0 .. 2^bits - 1. With a VOI (table or window) its output
/// range is 0..65535. Without one, nothing is lost: stored values shifted to start at 0 (turned
/// where the slope is negative) of `range`, or the entries of the modality table.
std::vector<std::uint16_t> DisplayTable(const DisplayParameters& parameters);

/// Does the VOI (table or window) give all values of `present` the same grey?
bool VoiIsFlat(const DisplayParameters& parameters);

/// Do padded samples look as dark without the rule for padding? Then mixing them with their
/// neighbours, as a reduced picture does, is what averaging the displayed picture would do.
bool PaddingIsDark(const DisplayParameters& parameters);

/// The number a stored bit pattern means.
int StoredValue(std::uint16_t pattern, int bits, bool is_signed);

/// Looks every pattern up; patterns must be below table.size().
GreyImage ApplyTable(const cv::Mat1w& patterns, const std::vector<std::uint16_t>& table);

}  // namespace mhcnn
