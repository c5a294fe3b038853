#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/image/mammogram.h"
#include "mhcnn/preprocess/orientation.h"

namespace mhcnn {

/// Options by which a picture becomes the network's input. A value: stored in the model file, equal
/// in training and use.
struct PreprocessOptions {
  int input_height = 512, input_width = 256;  ///< pixels, multiples of 32
  double margin = 0.02;           ///< free border around the breast's box, of its longer side
  double low_percentile = 1.0;    ///< percentile of the breast region's pixels that becomes 0
  double high_percentile = 99.5;  ///< percentile of the breast region's pixels that becomes 1
  double clip_low = -0.25, clip_high = 1.25;  ///< the input's range after scaling
  void Check() const;                         ///< Throws Error(kUsage) naming the field.
  /// Compares all fields.
  bool operator==(const PreprocessOptions&) const = default;
};
/// Writes all fields.
void to_json(nlohmann::json& json, const PreprocessOptions& options);
/// Reads all fields. Throws Error(kCorrupt) naming one that is missing, unknown or of a wrong type.
void from_json(const nlohmann::json& json, PreprocessOptions& options);

/// Geometry of the network's input in the picture; maps both ways.
struct InputGeometry {
  cv::Size source;   ///< size of the picture as read
  cv::Rect inner;    ///< part of it that is a mammogram: without frames and cut parts
  cv::Size working;  ///< size of the copy of the whole picture that results are on, see WorkingSize
  cv::Rect working_inner;   ///< `inner` in that copy; all work is done on it
  Orientation orientation;  ///< orientation of the working copy of `inner`, applied first
  cv::Rect crop;            ///< the input's part of that copy, oriented
  cv::Size input;           ///< size of the network's input
  cv::Rect placed;          ///< the resampled crop within the input
};

/// A picture as the network's input, and what was found on the way.
struct Prepared {
  cv::Mat1f input;           ///< input_height x input_width; 0 outside the crop
  InputGeometry geometry;    ///< where the input came from
  Mask region;               ///< coarse region (breast with pectoral muscle) at the working size
  cv::Rect frame;            ///< the exposed part, in the oriented working copy
  double low = 0, high = 0;  ///< picture values that became 0 and 1
  std::vector<std::string> flags;  ///< quality flags (docs/flags.md)
};

/// Returns the longest side, in pixels, that the working copy may have.
int MaxWorkingSide(const PreprocessOptions& options);

/// Returns the size of the working copy. A picture much finer than the network's input is reduced
/// to at most twice its longer side (averaged by area, grey values not rounded) before anything
/// else: no measurement is finer than the input, and a 14-megapixel picture takes less time.
cv::Size WorkingSize(cv::Size picture, const PreprocessOptions& options);

/// Finds the breast, orients, crops, normalises, resamples by area, pads. Throws Error(kOutOfScope)
/// where no breast is found (blank, too small, no contrast).
Prepared Preprocess(const GreyImage& picture, const PreprocessOptions& options);

/// Maps a truth mask of the picture to the input's frame (area-averaged, cut at half).
Mask MaskToInput(const Mask& mask, const InputGeometry& geometry);
/// Maps a map over the input (probability) back to the frame of the working copy, bilinear; 0
/// outside the crop.
cv::Mat1f MapToWorking(const cv::Mat1f& map, const InputGeometry& geometry);
/// Maps it to the picture's own frame.
cv::Mat1f MapToSource(const cv::Mat1f& map, const InputGeometry& geometry);

}  // namespace mhcnn
