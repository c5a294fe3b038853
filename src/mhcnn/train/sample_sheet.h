#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/loader/dataset.h"
#include "mhcnn/train/forward.h"

namespace mhcnn {

/// Returns `count` samples of a data set from the least to the most dense (those without a percent
/// first), evenly spread, so that a sheet shows the whole range.
std::vector<std::size_t> SelectByDensity(const Dataset& dataset, int count);

/// Draws a picture to judge a network by: for each sample its labels on the left and the network's
/// output on the right, over the network's input, with percent and category. 8-bit BGR.
cv::Mat3b DrawSampleSheet(nn::GraphModule& network, const Dataset& dataset,
                          const std::vector<std::size_t>& samples, const ForwardOptions& forward);

/// Draws training images as the network gets them: a column for each image, first unchanged, then
/// augmented `draws` times, with the masks.
cv::Mat3b DrawAugmentedSheet(const Dataset& dataset, const std::vector<std::size_t>& samples,
                             const AugmentOptions& augment, std::uint64_t seed, int draws,
                             const std::vector<std::string>& masks);

}  // namespace mhcnn
