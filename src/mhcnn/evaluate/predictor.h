#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/data/manifest.h"
#include "mhcnn/data/masks.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Prediction of a method for one sample, to be scored.
struct Prediction {
  MammogramMetadata metadata;  ///< spacing of the file's own pixels
  cv::Size size;               ///< size of the picture
  std::string method;          ///< name and version
  std::string error;           ///< why it could not be measured; empty where it was
  GreyImage pixels;  ///< for baselines and drawings, perhaps smaller; empty where not readable
  Mask breast, dense, pectoral;  ///< at `size`; empty where the method draws none
  /// Percent of the masks, and of the regression head; 0 to 100.
  std::optional<double> percent, regression;
  /// Percent of the masks by the threshold of dense tissue.
  std::optional<PercentByThreshold> percents_by_threshold;
  /// Predicted category; empty where the method gives none.
  std::optional<DensityCategory> category;
  /// Probabilities of a to d.
  std::optional<std::array<double, 4>> probabilities;
  /// Calibrated range of categories; empty where the method gives none.
  std::optional<CategoryRange> category_range;
};

/// Method under evaluation; called from several threads at once. Errors become
/// Prediction::error.
using Predictor = std::function<Prediction(const Sample&)>;

/// Returns the method of the model behind `analyzer`, which must outlive it.
Predictor ModelPredictor(const Analyzer& analyzer);
/// Returns Otsu's threshold (Otsu 1979) within the sample's TRUE breast mask as a method: the
/// result of intensity alone. It draws the dense mask only.
Predictor OtsuPredictor();
/// Returns a method that gives all images the mean percent, most frequent category and category
/// frequencies of `train`. Throws Error(kUsage) if it has neither a percent nor a category.
Predictor ConstantPredictor(const std::vector<Sample>& train);

/// Reads metadata, size and pixels of the sample's whole image. Throws Error.
void ReadPicture(const Sample& sample, Prediction& prediction);

/// Reads the masks of a manifest's sample, the dense one by its threshold if it has one. Throws
/// Error naming the file that cannot be read.
SampleMasks ReadTruth(const Sample& sample);
/// Reads the masks. Throws also if a mask is not of the image's `size`.
SampleMasks ReadTruth(const Sample& sample, cv::Size size);
/// Returns the sample's percent, else the percent of its masks.
std::optional<double> TruePercent(const Sample& sample, const SampleMasks& masks);
/// Returns the true percent, reading masks only if they are needed. Throws Error as ReadTruth does.
std::optional<double> TruePercent(const Sample& sample);

/// Returns the pixels of `picture` within `breast` (of its size) above Otsu's threshold.
Mask SegmentDenseByOtsu(const GreyImage& picture, const Mask& breast);
/// Returns `picture` at the size of its file; it may have been read at a smaller size.
GreyImage ResizeToFile(const GreyImage& picture, cv::Size size);
/// Splits a label map (image/tissue_label.h) into the prediction's masks.
void SplitLabelMap(const cv::Mat1b& labels, Prediction& prediction);

}  // namespace mhcnn
