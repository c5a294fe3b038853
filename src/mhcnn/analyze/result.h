#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/analyze/dense_thresholds.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Where the time of one file went, in seconds.
struct StageSeconds {
  double read = 0;     ///< file to grey picture
  double prepare = 0;  ///< breast region, normalisation, the network's input
  /// Run of the network.
  double network = 0;
  double measure = 0;  ///< masks at the picture's size, percent, flags
  double write = 0;    ///< overlay and masks, to the disk
};

/// What one picture gave: numbers for the table and masks for the drawings.
struct Result {
  /// What the file says.
  MammogramMetadata facts;
  cv::Size size;  ///< size of the picture

  /// 100 * area(dense AND breast) / area(breast without pectoral muscle) (DICOM 111046), from the
  /// masks, in the convention of the site's readers where the model is calibrated to it; empty
  /// where it draws none.
  std::optional<double> percent_density;
  std::optional<double> percent_low, percent_high;  ///< empty until the model is calibrated
  std::optional<double> percent_uncalibrated;       ///< where the calibration changed the percent
  /// The percent that readers find who threshold strands of dense tissue, about: the map of dense
  /// tissue cut at kStrandsThreshold, whatever the calibration.
  std::optional<double> percent_strands;
  /// Percent by the threshold of dense tissue; not in the tables.
  std::optional<PercentsByThreshold> percents_by_threshold;
  std::optional<double> percent_spread;      ///< standard deviation over test-time variants
  std::optional<double> percent_regression;  ///< the regression head's value, 0..100
  /// Distance from the training pictures in the encoder's features; above 1, unlike them. Empty
  /// where the model does not know them.
  std::optional<double> ood_score;
  std::optional<double> dense_area_cm2, breast_area_cm2;  ///< empty without a pixel spacing
  std::optional<DensityCategory> category;  ///< empty where the model has no such head
  /// Probabilities of a to d.
  std::array<double, 4> probabilities{};
  std::optional<CategoryRange> category_range;  ///< empty until the category is calibrated
  std::vector<std::string> flags;               ///< docs/flags.md
  std::string error;                            ///< empty where all went well
  /// Not empty: a file that was found in a folder and has no row, by its content (LeftOutWord).
  std::string left_out;
  std::string model;   ///< name and version
  double seconds = 0;  ///< reading and analysing, without the drawings
  /// Time by stage.
  StageSeconds stages;

  /// At the working size (preprocess/preprocess.h), which has the picture's shape; breast and
  /// pectoral are disjoint, dense lies inside breast. Empty where the model draws no masks.
  Mask breast, dense, pectoral;

  /// Returns the percent of the masks as the model gives it, before any calibration.
  std::optional<double> model_percent() const {
    return percent_uncalibrated ? percent_uncalibrated : percent_density;
  }
  /// Returns whether the picture was measured.
  bool ok() const { return error.empty(); }
};

}  // namespace mhcnn
