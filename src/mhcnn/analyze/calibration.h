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

/// Calibration of a model for a site, fitted by `mhcnn calibrate` to the site's own images. Parts
/// that it does not have leave a result unchanged.
struct Calibration {
  std::string name;   ///< name of the site
  std::string model;  ///< ModelCard::fingerprint of the model that it is for
  /// Scale of the percent.
  std::optional<PercentScale> scale;
  /// Probability above which a pixel is dense, above 0 and below 1, in place of a scale: the masks,
  /// their percent and their areas then follow the convention of the site's readers.
  std::optional<double> dense_probability;
  /// Interval of the percent.
  std::optional<PercentInterval> interval;
  /// Rule of the category.
  std::optional<CategoryRule> category;
  nlohmann::json sample = nlohmann::json::object();  ///< summary of the images of the fit

  /// Returns whether it changes nothing.
  bool empty() const { return !scale && !dense_probability && !interval && !category; }
  /// Adds the parts that it does not have from the model's own calibration: all parts of the
  /// percent, or the rule of the category. An empty calibration stays empty.
  void CompleteFrom(const Calibration& own);
  /// Changes the percent and the category of a result, and sets their interval and range. The
  /// dense mask was cut at dense_probability before (Analyzer).
  void ApplyTo(Result& result) const;
};

/// Returns a calibrated model's name: "model 1.0, calibrated: site"; no site if it has no name.
std::string MakeCalibratedName(const std::string& model, const std::string& site);

/// Reads a calibration; {} gives an empty one. Throws Error(kCorrupt) naming the field.
Calibration CalibrationFromJson(const nlohmann::json& json);
/// Writes all parts; an empty object for an empty calibration.
nlohmann::json CalibrationToJson(const Calibration& calibration);
/// Reads a file that `mhcnn calibrate` wrote. Throws Error naming it.
Calibration ReadCalibration(const std::filesystem::path& path);

}  // namespace mhcnn
