#pragma once

#include <string>
#include <vector>

#include "mhcnn/preprocess/preprocess.h"

namespace mhcnn {

/// Measures of a picture's fitness for density, found before the network sees it.
struct ImageQuality {
  /// Fraction of the breast's pixels that have the picture's highest value.
  double bright_fraction = 0;
  double dark_fraction = 0;  ///< fraction of the breast's inner pixels that have its lowest value
  int grey_values = 0;       ///< different values within the breast
  double grey_range = 0;     ///< range of the breast's values, fraction of the picture's range
  /// Rows of the network's input for each row of the working copy (WorkingSize); above 1 the breast
  /// is enlarged for the network.
  double enlargement = 0;
  /// Fraction of the breast's height along which it runs out of the frame opposite the chest wall.
  double anterior_contact = 0;
  /// Fractions of the breast's depth along which it runs out of the frame above and below.
  double upper_contact = 0, lower_contact = 0;
};

/// Measures the quality of a picture. `prepared` is what Preprocess returned for it.
ImageQuality AssessImage(const GreyImage& picture, const Prepared& prepared);

/// Returns the flags of docs/flags.md that these figures raise in a picture of this view.
std::vector<std::string> QualityFlags(const ImageQuality& quality, View view);

}  // namespace mhcnn
