#include "mhcnn/evaluate/case_scoring.h"

#include <filesystem>

#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/progress.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/percent_density.h"
#include "mhcnn/image/tissue_label.h"
#include "mhcnn/results/study_groups.h"

namespace mhcnn {
namespace {

MaskScore ScoreMask(const Mask& truth, const Mask& predicted, PixelSpacing spacing,
                    double tolerance) {
  const SurfaceDistances distances = MeasureSurfaceDistances(truth, predicted, spacing);
  return {CountOverlap(truth, predicted), Hausdorff95(distances).value,
          SurfaceDice(distances, tolerance).value};
}

/// One class a pixel; dense tissue counts within the breast alone.
cv::Mat1b Exclusive(const Mask& breast, const Mask& dense, const Mask& pectoral) {
  return MakeLabelMap(breast.size(), {breast, dense & breast, pectoral});
}

std::optional<double> TissueDice(const SampleMasks& truth, const Prediction& predicted) {
  if (truth.breast.empty() || truth.dense.empty() || predicted.breast.empty() ||
      predicted.dense.empty())
    return std::nullopt;
  const cv::Mat1b true_labels = Exclusive(truth.breast, truth.dense, truth.pectoral),
                  predicted_labels =
                      Exclusive(predicted.breast, predicted.dense, predicted.pectoral);
  std::vector<Statistic> dice;
  for (const auto label : {TissueLabel::kBreast, TissueLabel::kDense, TissueLabel::kPectoral}) {
    if (label == TissueLabel::kPectoral && (truth.pectoral.empty() || predicted.pectoral.empty()))
      continue;
    dice.push_back(
        Dice(CountOverlap(SelectLabel(true_labels, label), SelectLabel(predicted_labels, label))));
  }
  return MeanDefined(dice).value;
}

void ScoreMasks(const SampleMasks& truth, const Prediction& predicted,
                const ScoringOptions& options, EvaluatedCase& c) {
  PixelSpacing spacing;
  if (predicted.metadata.row_spacing_mm && predicted.metadata.column_spacing_mm) {
    spacing = {*predicted.metadata.row_spacing_mm, *predicted.metadata.column_spacing_mm};
    c.in_mm = true;
  }
  const double tolerance = c.in_mm ? options.tolerance_mm : options.tolerance_pixels;
  const auto score = [&](Tissue tissue, const Mask& true_mask, const Mask& found_mask) {
    if (true_mask.empty() || found_mask.empty()) return;
    c.score(tissue) = ScoreMask(true_mask, found_mask, spacing, tolerance);
  };
  score(Tissue::kBreast, truth.breast, predicted.breast);
  score(Tissue::kDense, truth.dense, predicted.dense);
  score(Tissue::kPectoral, truth.pectoral, predicted.pectoral);
  if (!truth.breast.empty() && !truth.dense.empty() && !predicted.breast.empty() &&
      !predicted.dense.empty()) {
    score(Tissue::kAdipose, truth.breast & ~truth.dense, predicted.breast & ~predicted.dense);
  }
  c.tissue_dice = TissueDice(truth, predicted);
}

void ScoreOtsu(const SampleMasks& truth, const Prediction& predicted, EvaluatedCase& c) {
  if (truth.breast.empty() || truth.dense.empty() || predicted.pixels.empty()) return;
  const Mask otsu =
      SegmentDenseByOtsu(ResizeToFile(predicted.pixels, predicted.size), truth.breast);
  c.otsu_dice = Dice(CountOverlap(truth.dense, otsu)).value;
  c.otsu_percent = PercentDensity(truth.breast, otsu);
}

/// Returns the metadata of the file; from its header if the method could not read the image.
MammogramMetadata ReadCaseMetadata(const Sample& sample, const Prediction& predicted) {
  if (predicted.error.empty() || !predicted.metadata.patient_id.empty()) return predicted.metadata;
  try {
    if (SniffFileKind(sample.image) == FileKind::kDicom) return ReadDicomMetadata(sample.image);
  } catch (const Error&) {
    // The prediction's error says that it cannot be read.
  }
  return predicted.metadata;
}

/// The key of the exam (StudyKey), unless it is no more than the file's own path.
std::string FindStudy(const Sample& sample, const MammogramMetadata& metadata) {
  if (!sample.study_id.empty()) return sample.study_id;
  const std::string key = StudyKey(metadata, StudyBy::kAuto);
  return key == metadata.path ? "" : key;
}

}  // namespace

void ScoringOptions::Check() const {
  CheckAtLeast("tolerance_mm", tolerance_mm, 0);
  CheckAtLeast("tolerance_pixels", tolerance_pixels, 0);
}

EvaluatedCase ScoreCase(const Sample& sample, const Prediction& predicted,
                        const ScoringOptions& options) {
  EvaluatedCase c;
  c.path = std::filesystem::weakly_canonical(sample.image).string();
  const MammogramMetadata metadata = ReadCaseMetadata(sample, predicted);
  c.patient_id = sample.patient_id.empty() ? metadata.patient_id : sample.patient_id;
  c.study = FindStudy(sample, metadata);
  c.method = predicted.method;
  c.error = predicted.error;
  c.laterality =
      sample.laterality != Laterality::kUnknown ? sample.laterality : metadata.laterality;
  c.view = sample.view != View::kUnknown ? sample.view : metadata.view;
  c.flags = metadata.flags;
  c.vendor = metadata.manufacturer;
  c.age_years = metadata.acquisition.patient_age_years;
  c.true_percent = sample.percent_density;
  c.true_category = sample.category;
  if (!c.measured()) return c;
  try {
    const SampleMasks truth = ReadTruth(sample, predicted.size);
    c.true_percent = TruePercent(sample, truth);
    if (sample.percent_density && !truth.breast.empty() && !truth.dense.empty())
      c.percent_of_true_masks = PercentDensity(truth.breast, truth.dense);
    ScoreMasks(truth, predicted, options, c);
    ScoreOtsu(truth, predicted, c);
  } catch (const Error& e) {
    c.error = e.what();
    return c;
  }
  c.percent = predicted.percent;
  c.percents_by_threshold = predicted.percents_by_threshold;
  c.regression = predicted.regression;
  c.category = predicted.category;
  c.probabilities = predicted.probabilities;
  c.category_range = predicted.category_range;
  return c;
}

std::vector<EvaluatedCase> EvaluateSamples(const Predictor& predictor,
                                           const std::vector<Sample>& samples,
                                           const ScoringOptions& options, int threads) {
  options.Check();
  std::vector<EvaluatedCase> cases(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    cases[i].path = std::filesystem::weakly_canonical(samples[i].image).string();
  }
  CheckUniqueImages(cases);
  Progress progress("evaluate", samples.size());
  ParallelFor(samples.size(), threads, [&](std::size_t i) {
    ThrowIfInterrupted();
    cases[i] = ScoreCase(samples[i], predictor(samples[i]), options);
    progress.Advance();
  });
  return cases;
}

}  // namespace mhcnn
