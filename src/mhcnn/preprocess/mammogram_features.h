#pragma once

#include <string>
#include <vector>

#include "mhcnn/preprocess/preprocess.h"

namespace mhcnn {

/// Returns the names of the figures that ComputeMammogramFeatures gives, in its order. The part
/// before the point is the kind of evidence: shape, background, grey or texture.
const std::vector<std::string>& MammogramFeatureNames();

/// Computes figures that distinguish a mammogram from any other picture and that no training of a
/// network changes: the outline of the bright region, what is behind it, its grey values from the
/// skin to the chest wall, and its texture at several scales. `picture` is the one from which
/// `prepared` was made, turned where that is "inverted". All are measured on a copy on which the
/// region is 256 pixels long, with grey values from 0 (1st percentile of the region) to 1 (99.5th).
std::vector<double> ComputeMammogramFeatures(const GreyImage& picture, const Prepared& prepared);

}  // namespace mhcnn
