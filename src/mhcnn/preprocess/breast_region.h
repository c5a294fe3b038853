#pragma once

#include <string>
#include <vector>

#include "mhcnn/image/mammogram.h"
#include "mhcnn/preprocess/orientation.h"
#include "mhcnn/preprocess/several_breasts.h"

namespace mhcnn {

/// The breast (with pectoral muscle) found in a picture with any background.
struct BreastRegion {
  Mask mask;                       ///< breast, at the picture's size
  Mask other;                      ///< other bright objects: labels, markers, borders
  double background = 0;           ///< grey value behind the breast
  cv::Rect frame;                  ///< the picture without white borders and collimator edges
  Orientation orientation;         ///< turns the breast to the way the network sees it
  bool inverted = false;           ///< whether the breast is dark on a bright background
  bool fills_frame = false;        ///< whether no background was found: all is taken as breast
  SeveralBreastsEvidence several;  ///< evidence for more than one breast
};

/// Finds the breast, coarsely: it frames the crop and the normalisation, while the network draws
/// the outline. Works on a reduced copy: background level from the dark mode of the histogram,
/// threshold above its noise, opening against labels and tape, largest component, holes filled.
/// Throws Error(kOutOfScope) where nothing fits a breast.
BreastRegion FindBreastRegion(const GreyImage& picture);

}  // namespace mhcnn
