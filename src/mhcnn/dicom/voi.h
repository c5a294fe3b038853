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
  Window window;             ///< the window, where there is no table
  bool is_stated = true;     ///< whether a window has two numbers and not other text
  bool is_exact = true;      ///< whether its VOI LUT Function is in the standard
  std::string text;          ///< the window's values as the file has them
  std::string explanation;   ///< LUT Explanation, or Window Center & Width Explanation
  /// Returns whether the choice is a VOI LUT.
  bool IsTable() const { return table != nullptr; }
};

/// Returns the VOI LUTs, then the windows: PS3.3 C.11.2.1 leaves the choice to the reader where a
/// file has both, and a LUT states more. Empty window values count as absent; a value that is not a
/// number gives a choice that cannot be used.
std::vector<VoiChoice> ListVoiChoices(DcmItem& dataset);

/// Returns the choice in words, e.g. "window 1500 / 2000 SIGMOID (NORMAL)".
std::string DescribeVoiChoice(const VoiChoice& choice);

}  // namespace mhcnn
