#pragma once

#include <string>
#include <vector>

#include "mhcnn/image/mammogram.h"
#include "mhcnn/preprocess/orientation.h"
#include "mhcnn/preprocess/several_breasts.h"

namespace mhcnn {

/// The breast (with pectoral muscle) found in a picture with any background.
struct BreastRegion {
  Mask mask;                 ///< at the picture's size
  Mask other;                ///< bright things apart from it: labels, markers, borders
  double background = 0;     ///< the picture's value behind the breast
  cv::Rect frame;            ///< the picture without white borders and collimator edges
  Orientation orientation;   ///< brings the breast into the way the network sees it
  bool inverted = false;     ///< the picture shows a dark breast on a bright background
  bool fills_frame = false;  ///< no background was found; the whole picture is taken as breast
  SeveralBreastsEvidence several;  ///< for more than one breast in the picture
};

/// Coarse by intent: it frames the crop and the normalisation, while the network draws the outline.
/// Works on a reduced copy: background level from the dark mode of the histogram, threshold above
/// its noise, opening against labels and tape, largest component, holes filled. Throws
/// Error(kOutOfScope) where nothing fits a breast.
BreastRegion FindBreastRegion(const GreyImage& picture);

}  // namespace mhcnn
