#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"
#include "mhcnn/evaluate/predictor.h"

namespace mhcnn {

/// What `mhcnn predict -o FOLDER` wrote, or another program in the same form (docs/results.md):
/// results.json, else results.csv with at least the column `path`, and masks/ (label maps named as
/// predict names them, or as the files).
class Predictions {
 public:
  /// Reads the table and finds each row's mask. Throws Error: kNotFound, kCorrupt.
  explicit Predictions(const std::filesystem::path& folder);

  /// Pairs the rows with the samples of a manifest: by path, else by a file name that one row and
  /// one sample alone have. Returns a line for each row and mask of a file that the manifest does
  /// not name.
  std::vector<std::string> Match(const std::vector<Sample>& manifest);

  /// Returns the method under evaluation, for samples that Match has seen: not measured without a
  /// row, with two, or if the mask is missing or of another size. The object must outlive it.
  Predictor AsPredictor() const;

  /// Returns the name and version of the model in the table.
  const std::string& method() const { return method_; }

 private:
  struct Row {
    Result result;
    std::filesystem::path mask;  ///< empty where there is none
  };

  void ReadRows();
  void FindMasks();
  void SplitMask(const Row& row, Prediction& prediction) const;
  Prediction Find(const Sample& sample) const;

  std::filesystem::path folder_;
  std::string method_;
  std::vector<Row> rows_;
  std::filesystem::path table_;
  bool has_masks_ = false;
  std::vector<std::filesystem::path> stray_masks_;                     ///< of no row
  std::map<std::filesystem::path, std::vector<std::size_t>> rows_of_;  ///< by the sample's image
};

}  // namespace mhcnn
