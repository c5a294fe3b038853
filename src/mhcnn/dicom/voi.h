#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mhcnn/dicom/display.h"
#include "mhcnn/dicom/lookup_table.h"

namespace mhcnn {

/// One of the alternatives that a file offers: a VOI LUT or a window.
struct VoiChoice {
  DcmItem* table = nullptr;  ///< item of the VOI LUT Sequence; null for a window
  Window window;             ///< where there is no table
  bool is_stated = true;     ///< a window of two numbers and not of other text
  bool is_exact = true;      ///< its VOI LUT Function is one of the standard's
  std::string text;          ///< the window's values as the file has them
  std::string explanation;   ///< LUT Explanation, or Window Center & Width Explanation
  /// Returns whether the choice is a VOI LUT.
  bool IsTable() const { return table != nullptr; }
};

/// VOI LUTs first, then windows: PS3.3 C.11.2.1 leaves the choice to the reader where a file has
/// both, and a LUT says more. Window values that are empty count as not there; what is no number is
/// a choice that cannot be used.
std::vector<VoiChoice> VoiChoices(DcmItem& dataset);

/// The choice in words, e.g. "window 1500 / 2000 SIGMOID (NORMAL)".
std::string InWords(const VoiChoice& choice);

}  // namespace mhcnn
