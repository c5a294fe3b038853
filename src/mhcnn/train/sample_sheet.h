#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/loader/dataset.h"
#include "mhcnn/train/forward.h"

namespace mhcnn {

/// `count` samples of a data set from the least to the most dense (those without a percent first),
/// evenly spread, so that a sheet shows the whole range.
std::vector<std::size_t> SpreadByDensity(const Dataset& dataset, int count);

/// A picture to judge a network by: for each sample its labels on the left and what the network
/// finds on the right, drawn over the network's input, with percent and category. 8-bit BGR.
cv::Mat3b DrawSampleSheet(nn::GraphModule& network, const Dataset& dataset,
                          const std::vector<std::size_t>& samples, const ForwardOptions& forward);

/// Training images as the network gets them: a column an image, first as it is, then as often
/// augmented as `draws` says, with the masks.
cv::Mat3b DrawAugmentedSheet(const Dataset& dataset, const std::vector<std::size_t>& samples,
                             const AugmentOptions& augment, std::uint64_t seed, int draws,
                             const std::vector<std::string>& masks);

}  // namespace mhcnn
