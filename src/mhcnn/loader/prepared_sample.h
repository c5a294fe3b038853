#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/data/manifest.h"
#include "mhcnn/preprocess/preprocess.h"

namespace mhcnn {

/// Sample in the form of the network's input, before augmentation.
struct PreparedSample {
  cv::Mat1w image;               ///< input, quantised over the clip range
  std::vector<cv::Mat1b> masks;  ///< breast, dense, pectoral; empty if the label is missing
  /// Percent of the masks in the image's own frame, 0..100.
  std::optional<double> percent_of_masks;
};

/// Reads and preprocesses a sample's image and masks. Throws Error naming the file.
PreparedSample PrepareSample(const Sample& sample, const PreprocessOptions& options);

/// Returns the image as floats in the form of the network's input: padding is exactly 0.
cv::Mat1f ToInputImage(const PreparedSample& sample, const PreprocessOptions& options);

}  // namespace mhcnn
