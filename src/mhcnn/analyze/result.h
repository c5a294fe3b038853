#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/analyze/dense_thresholds.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Time of each stage of one file, in seconds.
struct StageSeconds {
  double read = 0;     ///< file to grey picture
  double prepare = 0;  ///< breast region, normalisation, the network's input
  /// Run of the network.
  double network = 0;
  double measure = 0;  ///< masks at the picture's size, percent, flags
  double write = 0;    ///< overlay and masks, to the disk
};

/// Result of one image: numbers for the table and masks for the drawings.
struct Result {
  /// Metadata of the file.
  MammogramMetadata metadata;
  cv::Size size;  ///< size of the picture

  /// Percent density: 100 * area(dense AND breast) / area(breast without pectoral muscle) (DICOM
  /// 111046), from the masks, in the convention of the site's readers if the model is calibrated to
  /// it; empty if the model draws no masks.
  std::optional<double> percent_density;
  std::optional<double> percent_low, percent_high;  ///< empty until the model is calibrated
  std::optional<double> percent_uncalibrated;       ///< if the calibration changed it
  /// Approximate percent of readers who threshold strands of dense tissue: the map of dense tissue
  /// cut at kStrandsThreshold, whatever the calibration.
  std::optional<double> percent_strands;
  /// Percent by the threshold of dense tissue; not in the tables.
  std::optional<PercentByThreshold> percents_by_threshold;
  std::optional<double> percent_spread;      ///< standard deviation over test-time variants
  std::optional<double> percent_regression;  ///< the regression head's value, 0..100
  /// Distance from the training images in the encoder's features; above 1, unlike them. Empty if
  /// the model does not know them.
  std::optional<double> ood_score;
  std::optional<double> dense_area_cm2, breast_area_cm2;  ///< empty without a pixel spacing
  std::optional<DensityCategory> category;  ///< empty where the model has no such head
  /// Probabilities of a to d.
  std::array<double, 4> probabilities{};
  std::optional<CategoryRange> category_range;  ///< empty until the category is calibrated
  std::vector<std::string> flags;               ///< docs/flags.md
  std::string error;                            ///< empty if there was no error
  /// Reason why a file found in a folder has no row, by its content (LeftOutKindName); else empty.
  std::string left_out;
  std::string model;   ///< name and version
  double seconds = 0;  ///< time of reading and analysing, without the drawings
  /// Time by stage.
  StageSeconds stages;

  /// Masks at the working size (preprocess/preprocess.h), which has the image's shape; breast and
  /// pectoral are disjoint, dense is inside breast. Empty if the model draws no masks.
  Mask breast, dense, pectoral;

  /// Returns the percent of the masks as the model gives it, before any calibration.
  std::optional<double> model_percent() const {
    return percent_uncalibrated ? percent_uncalibrated : percent_density;
  }
  /// Returns whether the image was measured.
  bool ok() const { return error.empty(); }
};

}  // namespace mhcnn
