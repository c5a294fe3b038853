#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/data/manifest.h"
#include "mhcnn/preprocess/preprocess.h"

namespace mhcnn {

/// A sample as the network takes it, before augmentation.
struct PreparedSample {
  cv::Mat1w image;               ///< input, quantised over the clip range
  std::vector<cv::Mat1b> masks;  ///< breast, dense, pectoral; empty where the label lacks
  /// 0..100, from the masks in the picture's own frame.
  std::optional<double> percent_of_masks;
};

/// Reads and preprocesses a sample's image and masks. Throws Error naming the file.
PreparedSample PrepareSample(const Sample& sample, const PreprocessOptions& options);

/// The image as floats, as the network takes it: padding is exactly 0.
cv::Mat1f InputOf(const PreparedSample& sample, const PreprocessOptions& options);

}  // namespace mhcnn
