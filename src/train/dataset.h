#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "data/manifest.h"
#include "preprocess/preprocess.h"
#include "train/augment.h"

namespace mhcnn {

/// A sample as the network takes it, kept in memory: 3 bytes a pixel and mask.
struct PreparedSample {
  std::string name;              ///< the image's path, for messages
  cv::Mat1w image;               ///< input, quantised over the clip range
  std::vector<cv::Mat1b> masks;  ///< breast, dense, pectoral; empty where the label lacks
  double percent = -1;           ///< 0..100, -1: no label
  int category = -1;             ///< 0..3, -1: no label
};

/// The samples of a split, read and preprocessed once.
class Dataset {
 public:
  /// Reads with all processors and a progress line. Throws the first sample's Error, with its file.
  Dataset(const std::vector<Sample>& samples, const PreprocessOptions& preprocess,
          const std::string& label);

  std::size_t size() const { return samples_.size(); }
  const PreparedSample& operator[](std::size_t i) const { return samples_[i]; }
  /// Image and masks as floats and bytes of their own, to be augmented.
  Example Get(std::size_t i) const;

 private:
  PreprocessOptions preprocess_;
  std::vector<PreparedSample> samples_;
};

}  // namespace mhcnn
