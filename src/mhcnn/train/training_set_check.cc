#include "mhcnn/train/training_set_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/data/split.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// The samples of one split.
using SplitView = std::vector<const Sample*>;

/// A head with its weight in a phase and the labels that it learns from.
struct TrainedHead {
  Head head;
  double Phase::*lambda;
  const char* labels;
};
constexpr TrainedHead kHeads[] = {
    {Head::kSegmentation, &Phase::lambda_segmentation,
     "a mask for the head 'segmentation' (columns breast_mask, dense_mask, pectoral_mask)"},
    {Head::kRegression, &Phase::lambda_regression,
     "a percent for the head 'regression' (column percent_density, or breast_mask and dense_mask)"},
    {Head::kClassification, &Phase::lambda_classification,
     "a category for the head 'classification' (column category)"}};

SplitView SelectSplit(const std::vector<Sample>& samples, const std::string& split) {
  SplitView part;
  for (const Sample& sample : samples) {
    if (sample.split == split) part.push_back(&sample);
  }
  return part;
}

void CheckSizes(const SplitView& train, const SplitView& val, const Recipe& recipe, int processes) {
  const std::string manifest = recipe.manifest.string();
  if (train.empty()) throw Error(ErrorCode::kUsage, "has no sample of the split 'train'", manifest);
  if (train.size() < static_cast<std::size_t>(processes)) {
    throw Error(ErrorCode::kUsage, "has fewer training images than there are processes", manifest);
  }
  if (val.empty() && (recipe.patience > 0 || recipe.schedule.form == ScheduleForm::kPlateau)) {
    throw Error(ErrorCode::kUsage, "has no sample of the split 'val'", manifest,
                "training.patience and the schedule 'plateau' need validation images");
  }
}

/// One text for all paths to a file.
std::string ToCanonicalPath(const Sample& sample) {
  std::error_code ec;
  const fs::path file = fs::weakly_canonical(sample.image, ec);
  return ec ? sample.image.string() : file.string();
}

void CheckImages(const SplitView& train, const SplitView& val, const std::string& manifest) {
  std::set<std::string> files;
  for (const Sample* sample : train) files.insert(ToCanonicalPath(*sample));
  const auto is_in_both = [&](const Sample* sample) {
    return files.contains(ToCanonicalPath(*sample));
  };
  const auto count = std::ranges::count_if(val, is_in_both);
  if (count == 0) return;
  throw Error(ErrorCode::kUsage,
              fmt::format("has images in both training and validation: {} of {} rows of the split "
                          "'val' (first: {})",
                          count, val.size(),
                          (*std::ranges::find_if(val, is_in_both))->image.filename().string()),
              manifest, "give all rows of an image the same patient_id and the same split");
}

void CheckPatients(const SplitView& train, const SplitView& val,
                   std::vector<std::string>& warnings) {
  if (val.empty()) return;
  std::set<std::string> in_train, studies, unstated, in_both;
  for (const Sample* sample : train) {
    in_train.insert(PatientKey(*sample));
    if (sample->study_id.empty()) continue;
    studies.insert(sample->study_id);
    if (sample->patient_id.empty()) unstated.insert(sample->study_id);
  }
  for (const Sample* sample : val) {
    // A study links images of which one states no patient, as in a split (data/split.h).
    const bool is_unstated = sample->patient_id.empty();
    if (in_train.contains(PatientKey(*sample)) ||
        (is_unstated ? studies : unstated).contains(sample->study_id))
      in_both.insert(is_unstated ? "study " + sample->study_id : sample->patient_id);
  }
  if (!in_both.empty()) {
    warnings.push_back(fmt::format(
        "patients with images in both training and validation: {} (first: '{}'); the figures of "
        "the validation are too good for other patients; give all images of a patient one split",
        in_both.size(), *in_both.begin()));
  }
  const auto is_unknown = [](const Sample* sample) {
    return sample->patient_id.empty() && sample->study_id.empty();
  };
  const auto unknown =
      std::ranges::count_if(train, is_unknown) + std::ranges::count_if(val, is_unknown);
  if (unknown == 0) return;
  warnings.push_back(fmt::format(
      "{} of {} images have no patient_id and no study_id, and each counts as a separate "
      "patient: images of one patient may be in both training and validation; fill the column "
      "patient_id (it is not read from DICOM headers here)",
      unknown, train.size() + val.size()));
}

/// Whether a head has a loss on the sample (nn/losses.h).
bool HasLabel(const Sample& sample, Head head, const nn::LossOptions& loss) {
  const bool dense = sample.dense_mask || sample.dense_threshold;
  const bool percent = sample.percent_density || (sample.breast_mask && dense);
  const bool range = loss.category_range.weight > 0 && sample.category;
  switch (head) {
    case Head::kSegmentation:
      return sample.breast_mask || dense || sample.pectoral_mask || range;
    case Head::kRegression:
      return percent || range;
    case Head::kClassification:
      return sample.category || (percent && !loss.category_of_percent.mean.empty());
  }
  return false;
}

void CheckLabels(const SplitView& train, const Recipe& recipe, std::vector<std::string>& warnings) {
  std::set<Head> labelled;
  for (const TrainedHead& trained : kHeads) {
    if (std::ranges::any_of(
            train, [&](const Sample* s) { return HasLabel(*s, trained.head, recipe.loss); }))
      labelled.insert(trained.head);
  }
  std::set<std::string> missing_of_all;
  bool learns = false;
  for (const Phase& phase : recipe.phases) {
    std::vector<std::string> missing;
    for (const TrainedHead& trained : kHeads) {
      if (phase.*trained.lambda <= 0) continue;
      if (labelled.contains(trained.head)) {
        learns = true;
      } else {
        missing.emplace_back(trained.labels);
      }
    }
    if (missing.empty()) continue;
    missing_of_all.insert(missing.begin(), missing.end());
    warnings.push_back(fmt::format(
        "phase '{}': no training image has {}: {}; fill the columns, or set the lambda to 0",
        phase.name, fmt::join(missing, " or "),
        missing.size() == 1 ? "this head learns nothing" : "these heads learn nothing"));
  }
  if (learns) return;
  throw Error(ErrorCode::kUsage,
              fmt::format("has no training image with {}: nothing can be learned",
                          fmt::join(missing_of_all, " or ")),
              recipe.manifest.string(), "fill these columns (docs/datasets.md)");
}

}  // namespace

std::vector<std::string> CheckTrainingSet(const std::vector<Sample>& samples, const Recipe& recipe,
                                          int processes) {
  const SplitView train = SelectSplit(samples, "train"), val = SelectSplit(samples, "val");
  CheckSizes(train, val, recipe, processes);
  CheckImages(train, val, recipe.manifest.string());
  std::vector<std::string> warnings;
  CheckLabels(train, recipe, warnings);
  CheckPatients(train, val, warnings);
  return warnings;
}

}  // namespace mhcnn
