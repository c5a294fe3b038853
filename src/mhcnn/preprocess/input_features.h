#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

namespace mhcnn {

/// Returns the names of the figures that ComputeInputFeatures gives, in its order.
const std::vector<std::string>& InputFeatureNames();

/// Describes a network's input in a few figures: how much of it the breast fills, the distribution
/// of its grey values, and its texture at three scales. They distinguish pictures that are like
/// those of the training from others.
std::vector<double> ComputeInputFeatures(const cv::Mat1f& input);

}  // namespace mhcnn
