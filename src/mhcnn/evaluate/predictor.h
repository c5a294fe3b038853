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

/// What a method says of one sample, to be scored.
struct Prediction {
  MammogramMetadata facts;  ///< spacing of the file's own pixels
  cv::Size size;            ///< size of the picture
  std::string method;       ///< name and version
  std::string error;        ///< why it could not be measured; empty where it was
  GreyImage pixels;  ///< for baselines and drawings, perhaps smaller; empty where not readable
  Mask breast, dense, pectoral;  ///< at `size`; empty where the method draws none
  /// Percent of the masks, and of the regression head; 0 to 100.
  std::optional<double> percent, regression;
  /// Percent of the masks by the threshold of dense tissue.
  std::optional<PercentsByThreshold> percents_by_threshold;
  /// Predicted category; empty where the method gives none.
  std::optional<DensityCategory> category;
  /// Probabilities of a to d.
  std::optional<std::array<double, 4>> probabilities;
  /// Calibrated range of categories; empty where the method gives none.
  std::optional<CategoryRange> category_range;
};

/// A method under evaluation; called from several threads at once. What goes wrong becomes
/// Finding::error.
using Predictor = std::function<Prediction(const Sample&)>;

/// The model behind `analyzer`, which must outlive it.
Predictor ModelPredictor(const Analyzer& analyzer);
/// Otsu's threshold (Otsu 1979) within the sample's TRUE breast mask: what intensity alone gives.
/// It draws the dense mask only.
Predictor OtsuPredictor();
/// The mean percent, the commonest category and the categories' frequencies of `train` for every
/// image. Throws Error(kUsage) where `train` has neither a percent nor a category.
Predictor ConstantPredictor(const std::vector<Sample>& train);

/// Facts, size and pixels of the sample's picture, read whole. Throws Error.
void ReadPicture(const Sample& sample, Prediction& prediction);

/// The masks of a manifest's sample, the dense one by its threshold where it has that. Throws Error
/// naming the file that cannot be read.
SampleMasks ReadTruth(const Sample& sample);
/// Throws also where a mask is not of the picture's `size`.
SampleMasks ReadTruth(const Sample& sample, cv::Size size);
/// The sample's percent, else that of its masks.
std::optional<double> TruePercent(const Sample& sample, const SampleMasks& masks);
/// The same, reading masks only where they are needed. Throws Error as ReadTruth does.
std::optional<double> TruePercent(const Sample& sample);

/// Pixels of `picture` within `breast` (of its size) above Otsu's threshold.
Mask OtsuDense(const GreyImage& picture, const Mask& breast);
/// `picture` at the size of its file, which it may have been read smaller than.
GreyImage AtSize(const GreyImage& picture, cv::Size size);
/// Splits a label map (image/tissue_label.h) into the prediction's masks.
void SplitLabelMap(const cv::Mat1b& labels, Prediction& prediction);

}  // namespace mhcnn
