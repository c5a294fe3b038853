#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"
#include "mhcnn/stats/shift.h"

namespace mhcnn {

/// From which difference a change is reported.
struct DriftOptions {
  double stability = 0.25;     ///< population stability index from which a figure has changed
  double significance = 0.01;  ///< and the p below which that is no chance
  double fraction = 0.05;      ///< by which the fraction of refusals or of a flag must differ
  std::size_t min_files = 50;  ///< files of a group on either side, below which nothing is said

  void Check() const;  ///< throws Error(kUsage) naming the field
};

/// One figure of a group in the reference and now.
struct DriftRow {
  std::string metric;     ///< "percent_density", "category", "flag heads_disagree", ...
  std::string undefined;  ///< why it is not compared, and nothing else is set; else empty
  /// Median, or share. Of the category the index of the lower median, which is a category.
  double reference = 0, now = 0;
  Statistic stability;  ///< undefined for a share
  double p = 1;         ///< p value of Kolmogorov-Smirnov, or of the difference of two shares
  /// The change is reported.
  bool changed = false;
  std::vector<double> ends, before, after;  ///< bins and their counts, for the figure

  /// Returns a value of the row to be shown: a category as its letter.
  std::string ValueText(double value) const;
};

/// All files, those of one vendor or those of one site.
struct DriftGroup {
  /// Name of the group.
  std::string name;
  std::size_t reference = 0, now = 0;  ///< files
  std::string undefined;               ///< why nothing is said of it; else empty
  /// One line for each figure.
  std::vector<DriftRow> lines;

  /// Returns whether a line of the group has changed.
  bool changed() const;
};

/// Two sets of results compared.
struct Drift {
  std::string reference, now;  ///< the files compared
  /// Names, versions and calibrations of the models, as far as the files state them.
  std::vector<std::string> reference_models, now_models;
  /// What the reader has to know: several models or calibrations, sites without a match.
  std::vector<std::string> warnings;
  /// All files, then vendors, then sites.
  std::vector<DriftGroup> groups;

  /// Returns whether a group has changed.
  bool changed() const;
  /// Is there any group of which something is said?
  bool any() const;
  /// Is a distribution (percent, category, out-of-distribution score) of all files compared?
  bool compared() const;
};

/// results.json of `mhcnn predict`, or the folder that holds it; each row with the name, version
/// and calibration of the model, where the file states them. Throws Error naming the file.
std::vector<Result> ReadResults(const std::filesystem::path& path);

/// Compares outputs alone: no truth is needed. Groups: all, each vendor (Manufacturer), and each
/// site (evaluate/result_sites.h), where there is more than one.
Drift CompareResults(const std::vector<Result>& reference, const std::vector<Result>& now,
                     const DriftOptions& options);

/// Schema "mhcnn-drift/1".
nlohmann::json DriftToJson(const Drift& drift);
}  // namespace mhcnn
