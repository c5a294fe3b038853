#include "mhcnn/analyze/analyzer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <utility>
#include <vector>

#include "mhcnn/analyze/dense_thresholds.h"
#include "mhcnn/analyze/mask_measures.h"
#include "mhcnn/analyze/plausibility.h"
#include "mhcnn/analyze/tissue_masks.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/image/flags.h"
#include "mhcnn/image/percent_density.h"
#include "mhcnn/preprocess/input_features.h"
#include "mhcnn/preprocess/quality.h"

namespace mhcnn {
namespace {

/// A photograph of tissue has hundreds of grey values; label maps, masks and drawings have a
/// handful.
constexpr std::size_t kMinGreyValues = 24;
/// Evidence by which a picture's negative must be the better mammogram to be taken for the picture.
constexpr double kNegativeMargin = 1.5;
/// Evidence below which a picture is looked at as a negative though its header says that it is
/// none: no mammogram as it is shown has so little (docs/evidence.md).
constexpr double kDoubtfulEvidence = 0;
/// Evidence that a picture taken for a negative needs more: any picture has one.
constexpr double kStatedNegativeMargin = 3;

void RefuseDrawings(const GreyImage& picture) {
  std::set<std::uint16_t> values;
  for (const auto value : picture) {
    values.insert(value);
    if (values.size() >= kMinGreyValues) return;
  }
  throw Error(ErrorCode::kOutOfScope,
              "has only " + std::to_string(values.size()) +
                  " grey value(s): blank, a label map or a drawing, not a mammogram",
              "", "give the whole picture of one breast");
}

const cv::Mat1f& FindMap(const NetworkOutput& output, const ModelCard& card,
                         const std::string& name) {
  const auto found = std::find(card.masks.begin(), card.masks.end(), name);
  if (found == card.masks.end()) {
    throw Error(ErrorCode::kUnsupported, "the model has no mask '" + name + "'");
  }
  return output.masks[static_cast<std::size_t>(found - card.masks.begin())];
}

constexpr auto kStrandsIndex = static_cast<std::size_t>(
    std::find(kDenseThresholds.begin(), kDenseThresholds.end(), kStrandsThreshold) -
    kDenseThresholds.begin());

/// Cuts the maps at `threshold`, and then the one of dense tissue at `dense_probability` where
/// there is one; sets the percent densities that differ from the one of the masks.
void SetMasks(const NetworkOutput& output, const ModelCard& card, const InputGeometry& geometry,
              double threshold, const std::optional<double>& dense_probability, Result& result) {
  const auto map = [&](const char* name) {
    return MapToWorking(FindMap(output, card, name), geometry);
  };
  const cv::Mat1f dense = map("dense");
  TissueMasks masks = BinarizeProbabilityMaps(map("breast"), dense, map("pectoral"), threshold);
  result.breast = std::move(masks.breast);
  result.dense = std::move(masks.dense);
  result.pectoral = std::move(masks.pectoral);
  result.percents_by_threshold = MeasurePercentByThreshold(dense, result.breast);
  if (result.percents_by_threshold)
    result.percent_strands = result.percents_by_threshold->at(kStrandsIndex);
  if (!dense_probability) return;
  result.percent_uncalibrated = PercentDensity(result.breast, result.dense);
  result.dense = (dense > *dense_probability) & result.breast;
}

/// Returns the size of the file's image, which may have been read at a fraction of it.
cv::Size PictureSize(const Mammogram& mammogram) {
  const auto& metadata = mammogram.metadata;
  return metadata.rows > 0 && metadata.columns > 0 ? cv::Size(metadata.columns, metadata.rows)
                                                   : mammogram.pixels.size();
}

/// Returns whether a file has no DICOM header: then even the white end of the scale is not known.
bool LacksHeader(const MammogramMetadata& metadata) {
  return metadata.sop_class_uid.empty() && metadata.photometric.empty();
}

/// Does the file say which end of its scale is white, and is what says it believed? A converter's
/// header is not.
bool StatesPolarity(const MammogramMetadata& metadata) {
  return !LacksHeader(metadata) && !HasFlag(metadata.flags, Flag::kPhotometricConflict) &&
         !HasFlag(metadata.flags, Flag::kSecondaryCapture) &&
         !HasFlag(metadata.flags, Flag::kMammogramNotStated);
}

GreyImage InvertImage(const GreyImage& picture) {
  double highest = 0;
  cv::minMaxLoc(picture, nullptr, &highest);
  return GreyImage(highest - picture);
}

void AddFlags(Result& result, const std::vector<std::string>& flags) {
  result.flags.insert(result.flags.end(), flags.begin(), flags.end());
}

/// Checks the image alone, whatever the model has seen: an image unlike a mammogram is refused if
/// the file does not state that it is one, and flagged if it does.
void CheckMammogramEvidence(const MammogramMetadata& metadata, Inference& reading) {
  const MammogramEvidence& evidence = reading.evidence;
  const double missing =
      HasFlag(reading.prepared.flags, Flag::kPolarityInferred) ? kStatedNegativeMargin : 0;
  if (!evidence.IsRefused(missing)) return;
  if (!LacksHeader(metadata) && !HasFlag(metadata.flags, Flag::kMammogramNotStated))
    return AddFlag(reading.prepared.flags, Flag::kUnlikeMammogram);
  throw Error(ErrorCode::kOutOfScope,
              fmt::format("does not look like a mammogram: {} (evidence {:.1f})", evidence.against,
                          evidence.score),
              "", "give the whole picture of one breast, as a DICOM file where there is one");
}

AcquisitionEvidence CollectAcquisitionEvidence(const Result& result, const Orientation& orientation,
                                               const ImageQuality& quality) {
  AcquisitionEvidence evidence{.orientation = orientation};
  evidence.muscle_sought = !result.breast.empty();
  if (!evidence.muscle_sought) return evidence;
  evidence.end_contact = std::max(quality.upper_contact, quality.lower_contact);
  const double muscle = cv::countNonZero(result.pectoral), breast = cv::countNonZero(result.breast);
  evidence.pectoral_fraction = muscle / std::max(1.0, muscle + breast);
  if (muscle == 0) return evidence;
  const Mask upright = orientation.Apply(result.pectoral);
  const cv::Rect box = cv::boundingRect(orientation.Apply(result.breast | result.pectoral));
  const cv::Rect upper(box.x, box.y, box.width, std::max(1, box.height / 2));
  evidence.pectoral_upper = cv::countNonZero(upright(upper)) / muscle;
  return evidence;
}

/// Percent of the regression head and category, where the model has the heads, and their flags.
void SetHeadOutputs(const NetworkOutput& output, double heads_disagree_above, Result& result) {
  result.percent_regression = output.percent;
  const auto of_masks = result.model_percent();
  if (output.percent && of_masks && std::abs(*output.percent - *of_masks) > heads_disagree_above) {
    AddFlag(result.flags, Flag::kHeadsDisagree);
  }
  if (!output.category.empty()) DecideByHead(output.category, result);
}

/// Adds flags for missing heads, so that an empty cell is not taken for a failure.
void FlagMissingHeads(const NetworkOptions& network, Result& result) {
  if (!network.Has(Head::kSegmentation)) AddFlag(result.flags, Flag::kNoSegmentation);
  if (!network.Has(Head::kRegression)) AddFlag(result.flags, Flag::kNoRegression);
  if (!network.Has(Head::kClassification)) AddFlag(result.flags, Flag::kNoClassification);
}

}  // namespace

void AnalyzeOptions::Check() const {
  read.Check();
  CheckRange("variants", variants, 1, kMaxVariants);
  CheckBetween("mask_threshold", mask_threshold, 0, 1);
  CheckRange("heads_disagree_above", heads_disagree_above, 0, 100);
}

Analyzer::Analyzer(std::shared_ptr<Backend> backend, AnalyzeOptions options)
    : backend_(std::move(backend)), options_(std::move(options)) {
  options_.Check();
  const Calibration own = CalibrationFromJson(backend_->card().calibration);
  calibration_ = options_.calibration.value_or(own);
  if (!calibration_.empty() && calibration_.model != backend_->card().fingerprint) {
    throw Error(ErrorCode::kUsage,
                "the calibration '" + calibration_.name + "' was made for another model than " +
                    backend_->card().name + " " + backend_->card().version,
                "", "calibrate this model, or name the model that the calibration was made for");
  }
  calibration_.CompleteFrom(own);
  const auto& training = backend_->card().training;
  if (training.is_object() && training.contains("inputs")) {
    training.at("inputs").get_to(training_inputs_);
  }
  if (training.is_object() && training.contains("features")) {
    training.at("features").get_to(training_features_);
  }
}

Inference Analyzer::Prepare(const GreyImage& picture) const {
  Inference reading;
  reading.prepared = Preprocess(picture, backend_->card().preprocess);
  reading.picture =
      HasFlag(reading.prepared.flags, Flag::kInverted) ? InvertImage(picture) : picture;
  reading.evidence = ScoreMammogramEvidence(reading.picture, reading.prepared);
  return reading;
}

void Analyzer::Run(Inference& reading) const {
  reading.output =
      RunVariants(*backend_, reading.prepared.input, options_.variants, options_.mask_threshold);
  if (!training_inputs_.empty()) {
    reading.inputs = training_inputs_.Distance(ComputeInputFeatures(reading.prepared.input)) /
                     training_inputs_.limit();
  }
  const auto& features = reading.output.mean.features;
  if (!training_features_.empty() &&
      static_cast<int>(features.size()) == training_features_.size()) {
    reading.features = training_features_.Score(features);
  }
}

Inference Analyzer::PrepareWithPolarityCheck(const Mammogram& mammogram) const {
  RefuseDrawings(mammogram.pixels);
  Inference reading = Prepare(mammogram.pixels);
  // What is left of a picture that is cut says too little of its polarity.
  const bool cut = HasFlag(reading.prepared.flags, Flag::kPictureCut);
  const bool stated = StatesPolarity(mammogram.metadata);
  const bool doubtful =
      stated ? reading.evidence.score < kDoubtfulEvidence : !reading.evidence.Clear();
  if (!cut && doubtful) {
    try {
      Inference negative = Prepare(InvertImage(mammogram.pixels));
      // Where the background turned one of the two alone, they are the same picture.
      const bool turned = HasFlag(reading.prepared.flags, Flag::kInverted);
      if (turned == HasFlag(negative.prepared.flags, Flag::kInverted) &&
          negative.evidence.score >
              reading.evidence.score + (stated ? kStatedNegativeMargin : kNegativeMargin)) {
        auto& flags = negative.prepared.flags;
        RemoveFlag(flags, Flag::kInverted);
        if (!turned) {
          AddFlag(flags, Flag::kInverted);
          AddFlag(flags, Flag::kPolarityInferred);
        }
        reading = std::move(negative);
      }
    } catch (const Error& e) {
      if (e.code() != ErrorCode::kOutOfScope) throw;  // else the negative shows no breast
    }
  }
  CheckMammogramEvidence(mammogram.metadata, reading);
  return reading;
}

Prepared Analyzer::PrepareInput(const Mammogram& mammogram) const {
  return PrepareWithPolarityCheck(mammogram).prepared;
}

namespace {

/// Sets the metadata of the header. From here on all facts of the image are of the file's pixels.
void SetMetadata(const Mammogram& mammogram, Result& result) {
  result.metadata = mammogram.metadata;
  result.size = PictureSize(mammogram);
  for (auto* spacing : {&result.metadata.row_spacing_mm, &result.metadata.column_spacing_mm}) {
    if (*spacing) **spacing /= std::max(1, mammogram.metadata.reduction);
  }
  result.metadata.reduction = 1;
}

/// Adds the time of its scope to a stage, of one that ends by an exception too.
class StageTimer {
 public:
  explicit StageTimer(double& seconds) : seconds_(seconds) {}
  ~StageTimer() {
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  double& seconds_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

template <typename Work>
auto Timed(double& seconds, const Work& work) {
  const StageTimer timer(seconds);
  return work();
}

void SetTimes(const StageSeconds& stages, Result& result) {
  result.stages = stages;
  result.seconds = stages.read + stages.prepare + stages.network + stages.measure;
}

}  // namespace

Analysis Analyzer::Analyze(const Mammogram& mammogram) const {
  StageSeconds stages;
  Analysis analysis = Analyze(mammogram, stages);
  SetTimes(stages, analysis.result);
  return analysis;
}

Analysis Analyzer::Analyze(const Mammogram& mammogram, StageSeconds& stages) const {
  const ModelCard& card = backend_->card();
  Result result;
  SetMetadata(mammogram, result);
  result.flags = mammogram.metadata.flags;
  result.model = ModelName();

  Inference reading = Timed(stages.prepare, [&] { return PrepareWithPolarityCheck(mammogram); });
  // The start of the network is no time of the first pictures.
  backend_->WaitUntilReady();
  Timed(stages.network, [&] { Run(reading); });
  const StageTimer timer(stages.measure);
  const Prepared& prepared = reading.prepared;
  const NetworkOutput& output = reading.output.mean;
  AddFlags(result, prepared.flags);
  result.ood_score = reading.features;
  if (!reading.InDistribution()) AddFlag(result.flags, Flag::kOutOfDistribution);
  result.percent_spread = reading.output.percent_spread;
  if (!output.masks.empty()) {
    SetMasks(output, card, prepared.geometry, options_.mask_threshold,
             calibration_.dense_probability, result);
    MeasureAreas(result);
  }
  const ImageQuality quality = AssessImage(reading.picture, prepared);
  AddFlags(result, CheckAgainstImage(
                       CollectAcquisitionEvidence(result, prepared.geometry.orientation, quality),
                       result.metadata));
  AddFlags(result, QualityFlags(quality, result.metadata.view));

  SetHeadOutputs(output, options_.heads_disagree_above, result);
  calibration_.ApplyTo(result);
  if (!output.masks.empty() && MeasureOutlineAgreement(result, prepared.region) < 0.7)
    AddFlag(result.flags, Flag::kOutlineUncertain);
  if (IsCategoryUncertain(result)) AddFlag(result.flags, Flag::kCategoryUncertain);
  FlagMissingHeads(card.network, result);
  return {std::move(result), reading.picture};
}

std::string Analyzer::ModelName() const {
  const std::string name = backend_->card().name + " " + backend_->card().version;
  return calibration_.empty() ? name : MakeCalibratedName(name, calibration_.name);
}

Mammogram Analyzer::ReadFile(const std::filesystem::path& path) const {
  DicomReadOptions read = options_.read;
  // The picture is at least as fine as the working copy.
  read.wanted_long_side = options_.read_whole ? 0 : MaxWorkingSide(backend_->card().preprocess);
  return ReadMammogram(path, read);
}

Analysis Analyzer::AnalyzeFile(const std::filesystem::path& path) const {
  StageSeconds stages;
  Analysis analysis;
  Result& result = analysis.result;
  try {
    const Mammogram mammogram = Timed(stages.read, [&] { return ReadFile(path); });
    SetMetadata(mammogram, result);
    analysis.image = mammogram.pixels;  // stays if it is refused
    analysis = Analyze(mammogram, stages);
  } catch (const Error& e) {
    result.error = ErrorText(e);  // the metadata read so far stay
  } catch (const std::bad_alloc&) {
    result.error = "limit: the picture needs more memory than there is";
  } catch (const cv::Exception& e) {
    result.error = "internal: " + Error(ErrorCode::kInternal, e.err).problem();
  } catch (const std::exception& e) {
    // Whatever it is, the other files go on.
    result.error = "internal: " + Error(ErrorCode::kInternal, e.what()).problem();
  }
  result.metadata.path = path.string();
  SetTimes(stages, result);
  return analysis;
}

}  // namespace mhcnn
