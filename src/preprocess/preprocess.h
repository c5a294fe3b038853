#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "image/mammogram.h"

namespace mhcnn {

/// How a picture becomes the network's input. A value: stored in the model file, equal in training
/// and use.
struct PreprocessOptions {
  int input_height = 512, input_width = 256;  ///< pixels, multiples of 32
  double margin = 0.02;  ///< free border around the breast's box, as a share of its longer side
  double low_percentile = 1.0;              ///< of the breast's pixels; becomes 0
  double high_percentile = 99.5;            ///< of the breast's pixels; becomes 1
  double clip_low = -0.5, clip_high = 1.5;  ///< the input's range after scaling
  void Check() const;
  bool operator==(const PreprocessOptions&) const = default;
};
void to_json(nlohmann::json& json, const PreprocessOptions& options);
void from_json(const nlohmann::json& json, PreprocessOptions& options);

/// Where the network's input came from; maps both ways. Points are pixel centres.
struct InputGeometry {
  cv::Size source;       ///< of the picture as read
  cv::Rect crop;         ///< in the picture, may reach over its border
  bool flipped = false;  ///< mirrored so that the chest wall is on the left
  double scale = 1;      ///< input pixels per source pixel
  cv::Size input;        ///< of the network's input
  cv::Point offset;      ///< top left of the scaled crop within the input
};

struct Prepared {
  cv::Mat1f input;  ///< input_height x input_width, 0 outside the picture
  InputGeometry geometry;
  Mask breast_region;        ///< coarse region (breast with pectoral) found, at the source size
  double low = 0, high = 0;  ///< the values of the two percentiles
  Laterality chest_wall = Laterality::kUnknown;  ///< side of the breast as the chest wall tells:
                                                 ///< kLeft = wall at the left edge
  std::vector<std::string> flags;
};

/// Finds the breast, orients, crops, normalises, resamples by area, pads. Throws Error(kOutOfScope)
/// where no breast is found (blank, too small, no contrast).
Prepared Preprocess(const GreyImage& picture, const PreprocessOptions& options);

/// A truth mask of the picture into the input's frame (area-averaged, cut at half).
Mask MaskToInput(const Mask& mask, const InputGeometry& geometry);
/// A map over the input (probability, 32-bit float) back to the picture's frame, bilinear; 0
/// outside the crop.
cv::Mat1f MapToSource(const cv::Mat1f& map, const InputGeometry& geometry);

}  // namespace mhcnn
