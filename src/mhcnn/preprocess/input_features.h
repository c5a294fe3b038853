#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

namespace mhcnn {

/// Names of the figures that InputFeatures gives, in its order.
const std::vector<std::string>& InputFeatureNames();

/// What a network's input looks like, in a few figures: how much of it the breast fills, the
/// distribution of its grey values, and its texture at three scales. To tell pictures that are like
/// those of the training from others.
std::vector<double> InputFeatures(const cv::Mat1f& input);

}  // namespace mhcnn
