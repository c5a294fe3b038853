#pragma once

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"
#include "mhcnn/stats/conformal.h"
#include "mhcnn/stats/proportional_odds.h"

namespace mhcnn {

/// What a model says of one picture before any calibration.
struct Measurement {
  std::optional<double> percent;  ///< of the masks, else of the regression head; 0..100
  double heads_apart = 0;         ///< points between the two; 0 where one of them is missing
  std::optional<double>
      percent_of_both;  ///< mean of masks and regression head, or the one there is
  std::optional<double> expected_category;  ///< sum of category times probability, 0..3
};
/// Combines the outputs of a model's heads, each empty where the model has no such head. Values
/// that are not finite count as missing. `probabilities` may be null.
Measurement ToMeasurement(const std::optional<double>& percent_of_masks,
                          const std::optional<double>& percent_of_head,
                          const std::array<double, 4>* probabilities);

/// The readers' percent on the model's scale: intercept + slope * percent, kept within 0..100.
struct PercentScale {
  /// Coefficients; the intercept in percent points.
  double intercept = 0, slope = 1;
  /// Returns the percent on the readers' scale, 0 to 100.
  double Apply(double percent) const;
};

/// Interval that holds the reader's percent with a stated chance: quantile * spread either way, by
/// group of the (scaled) percent. The spread is what the error is expected to be, so that the
/// intervals are wide where the model errs (Lei et al. 2018, section 5.2).
struct PercentInterval {
  /// A range of percents with its own quantile.
  struct Group {
    double below = 0;     ///< percents below this and not of an earlier group; the last is 101
    double quantile = 0;  ///< of error / spread
    /// Cases that the quantile was fitted on.
    std::size_t cases = 0;
  };
  /// The stated chance.
  double coverage = 0.9;
  /// Points: constant, per 10 points between the heads, at 50 % density (falling to 0 at 0 and
  /// 100).
  std::vector<double> spread = {1, 0, 0};
  /// Groups by ascending percent.
  std::vector<Group> groups;

  /// Returns the expected error in percent points. `scaled`: percent on the readers' scale.
  double Spread(double scaled, double heads_apart) const;
  /// Ends of an interval.
  struct Ends {
    /// Percents, 0 to 100.
    double low, high;
  };
  /// Returns the interval about a percent on the readers' scale.
  Ends Of(double scaled, double heads_apart) const;
};

/// Category as the site's readers give it, of the percent, the model's category head, or both.
struct CategoryRule {
  bool of_percent = true, of_head = true;  ///< the percent; the category head
  /// Where it goes by the percent: by the mean of masks and regression head in place of the masks'.
  bool of_both = false;
  ProportionalOdds odds;  ///< on Features()
  /// The chance that the range of categories contains the readers' category.
  double coverage = 0.9;
  double quantile = 1;  ///< of CategoryScore

  /// Empty where the picture lacks what the rule goes by.
  std::optional<std::vector<double>> Features(const Measurement& measured) const;
  /// Percents, brought to `scale` where there is one, at which the next category becomes likelier
  /// than not; nothing unless it goes by the percent alone.
  std::vector<double> CutPoints(const std::optional<PercentScale>& scale) const;
};

/// What `mhcnn calibrate` found on a site's own images. Parts that it lacks leave a result as it
/// is.
struct Calibration {
  std::string name;   ///< of the site
  std::string model;  ///< ModelCard::fingerprint of the model that it is for
  /// Scale of the percent.
  std::optional<PercentScale> scale;
  /// Interval of the percent.
  std::optional<PercentInterval> interval;
  /// Rule of the category.
  std::optional<CategoryRule> category;
  nlohmann::json sample = nlohmann::json::object();  ///< what it was found on

  /// Returns whether it changes nothing.
  bool empty() const { return !scale && !interval && !category; }
  /// Changes the percent and the category of a result, and sets their interval and range.
  void ApplyTo(Result& result) const;
};

/// "b", "b-c".
std::string RangeText(const CategoryRange& range);
/// "model 1.0, calibrated: site", where the site has a name.
std::string CalibratedName(const std::string& model, const std::string& site);

/// An empty object is an empty calibration. Throws Error(kCorrupt) naming the field.
Calibration CalibrationFromJson(const nlohmann::json& json);
/// Writes all parts; an empty object for an empty calibration.
nlohmann::json CalibrationToJson(const Calibration& calibration);
/// A file that `mhcnn calibrate` wrote. Throws Error naming it.
Calibration ReadCalibration(const std::filesystem::path& path);

}  // namespace mhcnn
