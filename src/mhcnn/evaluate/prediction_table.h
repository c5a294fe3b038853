#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"

namespace mhcnn {

/// The rows of a method's table.
struct PredictionTable {
  std::string model;         ///< name and version, and the calibration; empty if it is not stated
  std::vector<Result> rows;  ///< in the order of the file
};

/// Reads results.json of `mhcnn predict` (by its extension), or a CSV table that any program may
/// have written: columns as in results.csv, of which only `path` is needed. Categories are read by
/// CategoryFromText, sides and views in any case. A row of a CSV table with probabilities and
/// without a category gets the most probable one. Probabilities whose rounded sum is not 1 are
/// divided by it. Percents that look like fractions, and unknown sides and views, give a warning.
/// Throws Error(kCorrupt) naming the file and the line.
PredictionTable ReadPredictionTable(const std::filesystem::path& path);

/// Returns the first impossible value of a row and the reason; empty if all values are possible.
std::string FindImplausibleValue(const Result& result);

}  // namespace mhcnn
