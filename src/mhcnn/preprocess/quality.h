#pragma once

#include <string>
#include <vector>

#include "mhcnn/preprocess/preprocess.h"

namespace mhcnn {

/// What can be measured of a picture's fitness for density before the network sees it.
struct PictureQuality {
  double bright_fraction =
      0;                     ///< share of the breast's pixels that have the picture's highest value
  double dark_fraction = 0;  ///< share of the breast's inner pixels that have its lowest value
  int grey_values = 0;       ///< different values within the breast
  double grey_range = 0;     ///< range of the breast's values, share of the picture's range
  /// Rows of the network's input for each row of the working copy (WorkingSize); above 1 the breast
  /// is enlarged for the network.
  double enlargement = 0;
  /// Share of the breast's height along which it runs out of the frame opposite the chest wall.
  double anterior_contact = 0;
  /// Shares of the breast's depth along which it runs out of the frame above and below.
  double upper_contact = 0, lower_contact = 0;
};

/// Measures the quality of a picture. `prepared` is what Preprocess returned for it.
PictureQuality AssessPicture(const GreyImage& picture, const Prepared& prepared);

/// The flags of docs/flags.md that these figures raise in a picture of this view.
std::vector<std::string> QualityFlags(const PictureQuality& quality, View view);

}  // namespace mhcnn
