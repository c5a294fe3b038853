#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "mhcnn/analyze/category_decision.h"
#include "mhcnn/analyze/measurement.h"
#include "mhcnn/analyze/percent_interval.h"
#include "mhcnn/analyze/result.h"

namespace mhcnn {

/// What `mhcnn calibrate` found on a site's own images. Parts that it lacks leave a result as it
/// is.
struct Calibration {
  std::string name;   ///< name of the site
  std::string model;  ///< ModelCard::fingerprint of the model that it is for
  /// Scale of the percent.
  std::optional<PercentScale> scale;
  /// Probability above which a pixel is dense, above 0 and below 1, in place of a scale: the
  /// masks, their percent and their areas are then those of the site's readers.
  std::optional<double> dense_probability;
  /// Interval of the percent.
  std::optional<PercentInterval> interval;
  /// Rule of the category.
  std::optional<CategoryRule> category;
  nlohmann::json sample = nlohmann::json::object();  ///< what it was found on

  /// Returns whether it changes nothing.
  bool empty() const { return !scale && !dense_probability && !interval && !category; }
  /// Takes what it lacks from the model's own calibration: all that it says of the percent, or the
  /// rule of the category. An empty calibration stays empty.
  void CompleteFrom(const Calibration& own);
  /// Changes the percent and the category of a result, and sets their interval and range. The
  /// dense mask was cut at dense_probability before (Analyzer).
  void ApplyTo(Result& result) const;
};

/// "model 1.0, calibrated: site", where the site has a name.
std::string CalibratedName(const std::string& model, const std::string& site);

/// An empty object is an empty calibration. Throws Error(kCorrupt) naming the field.
Calibration CalibrationFromJson(const nlohmann::json& json);
/// Writes all parts; an empty object for an empty calibration.
nlohmann::json CalibrationToJson(const Calibration& calibration);
/// A file that `mhcnn calibrate` wrote. Throws Error naming it.
Calibration ReadCalibration(const std::filesystem::path& path);

}  // namespace mhcnn
