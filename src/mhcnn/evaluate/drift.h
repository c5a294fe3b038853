#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"
#include "mhcnn/stats/shift.h"

namespace mhcnn {

/// Differences from which a change is reported.
struct DriftOptions {
  double stability = 0.25;     ///< population stability index of a change, at least
  double significance = 0.01;  ///< p value of a change, below this
  double fraction = 0.05;      ///< least difference of the fraction of refusals or of a flag
  std::size_t min_files = 50;  ///< least number of files of a group on either side

  void Check() const;  ///< throws Error(kUsage) naming the field
};

/// One figure of a group in the reference and now.
struct DriftRow {
  std::string metric;     ///< "percent_density", "category", "flag heads_disagree", ...
  std::string undefined;  ///< why it is not compared, and nothing else is set; else empty
  /// Median, or fraction. For the category the index of the lower median, which is a category.
  double reference = 0, now = 0;
  Statistic stability;  ///< undefined for a fraction
  double p = 1;         ///< p value of Kolmogorov-Smirnov, or of the difference of two fractions
  /// Whether the change is reported.
  bool changed = false;
  std::vector<double> ends, before, after;  ///< bins and their counts, for the figure

  /// Returns a value of the row as text: a category as its letter.
  std::string ValueText(double value) const;
};

/// Group of files: all files, the files of one vendor or of one site.
struct DriftGroup {
  /// Name of the group.
  std::string name;
  std::size_t reference = 0, now = 0;  ///< numbers of files
  std::string undefined;               ///< why it is not compared; else empty
  /// One line for each figure.
  std::vector<DriftRow> lines;

  /// Returns whether a line of the group has changed.
  bool changed() const;
};

/// Comparison of two sets of results.
struct Drift {
  std::string reference, now;  ///< the files compared
  /// Names, versions and calibrations of the models, as far as the files state them.
  std::vector<std::string> reference_models, now_models;
  /// Warnings for the reader: several models or calibrations, sites without a match.
  std::vector<std::string> warnings;
  /// All files, then vendors, then sites.
  std::vector<DriftGroup> groups;

  /// Returns whether a group has changed.
  bool changed() const;
  /// Returns whether any group is compared.
  bool any() const;
  /// Returns whether percent, category or out-of-distribution score of all files is compared.
  bool compared() const;
};

/// Reads results.json of `mhcnn predict`, or of its folder; each row with the name, version and
/// calibration of the model, if the file states them. Throws Error naming the file.
std::vector<Result> ReadResults(const std::filesystem::path& path);

/// Compares outputs alone: no truth is needed. Groups: all, each vendor (Manufacturer), and each
/// site (evaluate/result_sites.h), where there is more than one.
Drift CompareResults(const std::vector<Result>& reference, const std::vector<Result>& now,
                     const DriftOptions& options);

/// Returns the comparison as JSON of schema "mhcnn-drift/1".
nlohmann::json DriftToJson(const Drift& drift);
}  // namespace mhcnn
