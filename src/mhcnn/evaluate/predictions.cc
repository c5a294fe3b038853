#include "mhcnn/evaluate/predictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/batch/journal.h"
#include "mhcnn/evaluate/prediction_table.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/percent_density.h"
#include "mhcnn/image/tissue_label.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Length in path components of `name` where it is how a path ends, with or without the extension
/// of the last one; 0 where it is not. What keeps the extension counts as longer.
int EndsWith(const fs::path& path, const fs::path& name) {
  const std::vector<fs::path> whole(path.begin(), path.end()), end(name.begin(), name.end());
  if (end.size() > whole.size() || end.empty()) return 0;
  const bool full = end.back() == whole.back();
  if (!full && end.back() != whole.back().stem()) return 0;
  for (std::size_t i = 1; i < end.size(); ++i) {
    if (end[end.size() - 1 - i] != whole[whole.size() - 1 - i]) return 0;
  }
  return static_cast<int>(2 * end.size()) + (full ? 1 : 0);
}

/// Returns the names of the drawings by path of the image, as a journal in the folder states them.
std::map<std::string, std::string> DrawnNames(const fs::path& folder) {
  std::map<std::string, std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".journal") continue;
    for (const auto& [path, done] : Journal::Read(entry.path()).entries) names[path] = done.drawn;
  }
  return names;
}

/// A map of labels other than those of predict would be scored as background.
void CheckLabels(const GreyImage& labels, const fs::path& path) {
  for (const auto value : labels) {
    if (!IsTissueLabel(value)) {
      throw Error(ErrorCode::kCorrupt, fmt::format("contains the label {}", value), path.string(),
                  "a predicted mask has 0 background, 85 breast, 170 dense, 255 pectoral muscle");
    }
  }
}

}  // namespace

Predictions::Predictions(const fs::path& folder) : folder_(folder) {
  ReadRows();
  FindMasks();
}

void Predictions::ReadRows() {
  const bool json = fs::exists(folder_ / "results.json");
  table_ = folder_ / (json ? "results.json" : "results.csv");
  if (!fs::exists(table_)) {
    throw Error(ErrorCode::kNotFound, "contains neither results.json nor results.csv",
                folder_.string(), "give the folder that mhcnn predict -o wrote");
  }
  PredictionTable table = ReadPredictionTable(table_);
  method_ = table.model.empty() ? "predictions in " + folder_.filename().string() : table.model;
  for (auto& result : table.rows) rows_.push_back({std::move(result), {}});
}

void Predictions::FindMasks() {
  const fs::path root = folder_ / "masks";
  has_masks_ = fs::is_directory(root);
  if (!has_masks_) return;
  std::map<std::string, std::vector<fs::path>> by_last;  // relative, without .png
  std::set<fs::path> unclaimed;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".png") continue;
    const fs::path name = entry.path().lexically_relative(root).replace_extension();
    by_last[name.filename().string()].push_back(name);
    unclaimed.insert(name);
  }
  const auto drawn = DrawnNames(folder_);
  std::map<fs::path, std::vector<Row*>> claims;
  for (Row& row : rows_) {
    const fs::path path = row.result.metadata.path;
    fs::path best;
    if (const auto known = drawn.find(path.string()); known != drawn.end()) {
      if (unclaimed.count(known->second) > 0) best = known->second;
    } else {
      int longest = 0;
      for (const auto& last : {path.filename().string(), path.stem().string()}) {
        for (const fs::path& name : by_last[last]) {
          const int length = EndsWith(path, name);
          if (length > longest) best = name;
          longest = std::max(longest, length);
        }
      }
    }
    if (!best.empty()) claims[best].push_back(&row);
  }
  for (const auto& [name, rows] : claims) {
    unclaimed.erase(name);
    // Which of two files of one name a mask is of cannot be told.
    if (rows.size() == 1) rows.front()->mask = root / (name.string() + ".png");
  }
  for (const auto& name : unclaimed) stray_masks_.push_back(root / (name.string() + ".png"));
}

std::vector<std::string> Predictions::Match(const std::vector<Sample>& manifest) {
  std::map<fs::path, std::vector<std::size_t>> rows_by_path;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    rows_by_path[fs::weakly_canonical(rows_[i].result.metadata.path)].push_back(i);
  }
  std::map<fs::path, std::vector<const Sample*>> samples_by_name;
  std::set<fs::path> seen;  // an image may stand in several rows, one for each reader
  for (const Sample& sample : manifest) {
    if (!seen.insert(sample.image).second) continue;
    const auto found = rows_by_path.find(fs::weakly_canonical(sample.image));
    if (found == rows_by_path.end()) {
      samples_by_name[sample.image.filename()].push_back(&sample);
    } else {
      rows_of_[sample.image] = found->second;
    }
  }
  std::set<std::size_t> matched;
  for (const auto& [image, rows] : rows_of_) matched.insert(rows.begin(), rows.end());
  std::map<fs::path, std::vector<std::size_t>> rows_by_name;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (matched.count(i) > 0) continue;
    rows_by_name[fs::path(rows_[i].result.metadata.path).filename()].push_back(i);
  }
  std::vector<std::string> lines;
  for (const auto& [name, rows] : rows_by_name) {
    const auto samples = samples_by_name.find(name);
    if (samples != samples_by_name.end() && samples->second.size() == 1) {
      rows_of_[samples->second.front()->image] = rows;
      continue;
    }
    for (const auto i : rows) {
      lines.push_back(ToDisplayText(rows_[i].result.metadata.path) + ": is in " + table_.string() +
                      (samples == samples_by_name.end()
                           ? ", but not in the manifest"
                           : ", but several files of the manifest have its name"));
    }
  }
  for (const auto& mask : stray_masks_)
    lines.push_back(mask.string() + ": belongs to no file of these results");
  return lines;
}

void Predictions::SplitMask(const Row& row, Prediction& prediction) const {
  if (!has_masks_) return;
  if (row.mask.empty()) {
    throw Error(ErrorCode::kNotFound,
                "no mask, or more than one of this name, in " + (folder_ / "masks").string());
  }
  const GreyImage labels = ReadGreyImage(row.mask);
  if (prediction.size.empty()) prediction.size = labels.size();
  if (labels.size() != prediction.size) {
    throw Error(
        ErrorCode::kCorrupt,
        fmt::format("the predicted mask has {} x {} pixels, its picture {} x {}", labels.cols,
                    labels.rows, prediction.size.width, prediction.size.height),
        row.mask.string());
  }
  CheckLabels(labels, row.mask);
  cv::Mat1b bytes;
  labels.convertTo(bytes, CV_8U);
  SplitLabelMap(bytes, prediction);
}

Prediction Predictions::Find(const Sample& sample) const {
  Prediction prediction;
  prediction.method = method_;
  const auto rows = rows_of_.find(sample.image);
  if (rows == rows_of_.end() || rows->second.size() != 1) {
    prediction.error = rows == rows_of_.end()
                           ? "not_found: " + table_.string() + " has no row for this file"
                           : fmt::format("usage: {} rows of {} belong to this file",
                                         rows->second.size(), table_.string());
    return prediction;
  }
  const Row& row = rows_[rows->second.front()];
  const Result& result = row.result;
  prediction.metadata = result.metadata;
  prediction.size = result.size;
  prediction.error = result.error;
  if (!result.ok()) return prediction;
  if (const std::string problem = FindImplausibleValue(result); !problem.empty()) {
    prediction.error = "corrupt: " + problem + " in " + table_.string();
    return prediction;
  }
  try {
    prediction.metadata.flags = result.flags;  // where the file cannot be read here
    ReadPicture(sample, prediction);
  } catch (const Error&) {
    // The masks can be scored without it; the baseline and what its header says are missed.
  }
  // What predict inferred from the picture where the header is silent.
  if (prediction.metadata.view == View::kUnknown) prediction.metadata.view = result.metadata.view;
  if (prediction.metadata.laterality == Laterality::kUnknown)
    prediction.metadata.laterality = result.metadata.laterality;
  prediction.percent = result.percent_density;
  prediction.regression = result.percent_regression;
  prediction.category = result.category;
  if (result.category && std::ranges::any_of(result.probabilities, [](double p) { return p > 0; }))
    prediction.probabilities = result.probabilities;
  prediction.category_range = result.category_range;
  try {
    SplitMask(row, prediction);
  } catch (const Error& e) {
    prediction.error = e.what();
  }
  if (!prediction.percent && !prediction.dense.empty())
    prediction.percent = PercentDensity(prediction.breast, prediction.dense);
  if (prediction.error.empty() && !prediction.percent && !prediction.regression &&
      !prediction.category && prediction.breast.empty()) {
    prediction.error = "not_found: its row of " + table_.string() +
                       " has no percent_density, percent_regression or category, and no mask";
  }
  return prediction;
}

Predictor Predictions::AsPredictor() const {
  return [this](const Sample& sample) { return Find(sample); };
}

}  // namespace mhcnn
