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
constexpr std::size_t kFewestGreyValues = 24;
/// Evidence by which a picture's negative must be the better mammogram to be taken for the picture.
constexpr double kSurelyNegative = 1.5;
/// Evidence below which a picture is looked at as a negative though its header says that it is
/// none: no mammogram as it is shown has so little (docs/evidence.md).
constexpr double kDoubtsHeader = 0;
/// Evidence that a picture taken for a negative needs more: any picture has one.
constexpr double kNegativeNeeds = 3;

void RefuseDrawings(const GreyImage& picture) {
  std::set<std::uint16_t> values;
  for (const auto value : picture) {
    values.insert(value);
    if (values.size() >= kFewestGreyValues) return;
  }
  throw Error(ErrorCode::kOutOfScope,
              "has only " + std::to_string(values.size()) +
                  " grey value(s): blank, a label map or a drawing, not a mammogram",
              "", "give the whole picture of one breast");
}

const cv::Mat1f& MapNamed(const NetworkOutput& output, const ModelCard& card,
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
/// there is one; sets the percents that differ from the one of the masks.
void FillMasks(const NetworkOutput& output, const ModelCard& card, const InputGeometry& geometry,
               double threshold, const std::optional<double>& dense_probability, Result& result) {
  const auto map = [&](const char* name) {
    return MapToWorking(MapNamed(output, card, name), geometry);
  };
  const cv::Mat1f dense = map("dense");
  TissueMasks masks = BinarizeProbabilityMaps(map("breast"), dense, map("pectoral"), threshold);
  result.breast = std::move(masks.breast);
  result.dense = std::move(masks.dense);
  result.pectoral = std::move(masks.pectoral);
  result.percents_by_threshold = MeasureByThreshold(dense, result.breast);
  if (result.percents_by_threshold)
    result.percent_strands = result.percents_by_threshold->at(kStrandsIndex);
  if (!dense_probability) return;
  result.percent_uncalibrated = PercentDensity(result.breast, result.dense);
  result.dense = (dense > *dense_probability) & result.breast;
}

void Measure(Result& result) {
  const int breast = cv::countNonZero(result.breast);
  const auto percent = PercentDensity(result.breast, result.dense);
  if (!percent || breast < 0.005 * static_cast<double>(result.breast.total())) {
    throw Error(ErrorCode::kOutOfScope, "shows no breast: the network found no breast tissue", "",
                "give the whole picture of one breast");
  }
  const int dense = cv::countNonZero(result.dense);
  result.percent_density = percent;
  const auto& facts = result.facts;
  if (facts.row_spacing_mm && facts.column_spacing_mm) {
    const double picture_cm2 = *facts.row_spacing_mm * result.size.height *
                               *facts.column_spacing_mm * result.size.width / 100;
    const double pixel_cm2 = picture_cm2 / static_cast<double>(result.breast.total());
    result.dense_area_cm2 = dense * pixel_cm2;
    result.breast_area_cm2 = breast * pixel_cm2;
  } else {
    AddFlag(result.flags, Flag::kSpacingMissing);
  }
}

/// How far the network's outline and the one found by intensity agree: intersection over union.
/// They work by different means, so a mismatch is a warning that one of them is wrong.
double OutlineAgreement(const Result& result, const Mask& region) {
  const cv::Mat outline = result.breast | result.pectoral;
  const double both = cv::countNonZero(outline & region),
               either = cv::countNonZero(outline | region);
  return either > 0 ? both / either : 0;
}

/// Of the file, which may have been read at a fraction of it.
cv::Size PictureSize(const Mammogram& mammogram) {
  const auto& facts = mammogram.facts;
  return facts.rows > 0 && facts.columns > 0 ? cv::Size(facts.columns, facts.rows)
                                             : mammogram.pixels.size();
}

/// Of a file without a DICOM header nothing is known, not even which end of the scale is white.
bool LacksHeader(const MammogramMetadata& facts) {
  return facts.sop_class_uid.empty() && facts.photometric.empty();
}

/// Does the file say which end of its scale is white, and is what says it believed? A converter's
/// header is not.
bool StatesPolarity(const MammogramMetadata& facts) {
  return !LacksHeader(facts) && !HasFlag(facts.flags, Flag::kPhotometricConflict) &&
         !HasFlag(facts.flags, Flag::kSecondaryCapture) &&
         !HasFlag(facts.flags, Flag::kMammogramNotStated);
}

GreyImage Negative(const GreyImage& picture) {
  double highest = 0;
  cv::minMaxLoc(picture, nullptr, &highest);
  return GreyImage(highest - picture);
}

void AddFlags(Result& result, const std::vector<std::string>& flags) {
  result.flags.insert(result.flags.end(), flags.begin(), flags.end());
}

/// By the picture alone, whatever the model has seen: what does not look like a mammogram is
/// refused where the file does not say that it is one, and flagged where it does.
void JudgePicture(const MammogramMetadata& facts, Inference& reading) {
  const MammogramEvidence& evidence = reading.evidence;
  const double missing =
      HasFlag(reading.prepared.flags, Flag::kPolarityInferred) ? kNegativeNeeds : 0;
  if (!evidence.RefusedBy(missing)) return;
  if (!LacksHeader(facts) && !HasFlag(facts.flags, Flag::kMammogramNotStated))
    return AddFlag(reading.prepared.flags, Flag::kUnlikeMammogram);
  throw Error(ErrorCode::kOutOfScope,
              fmt::format("does not look like a mammogram: {} (evidence {:.1f})", evidence.against,
                          evidence.score),
              "", "give the whole picture of one breast, as a DICOM file where there is one");
}

PictureEvidence EvidenceOf(const Result& result, const Orientation& orientation,
                           const PictureQuality& quality) {
  PictureEvidence evidence{.orientation = orientation};
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

/// So that an empty cell is not taken for a failure.
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
  reading.picture = HasFlag(reading.prepared.flags, Flag::kInverted) ? Negative(picture) : picture;
  reading.evidence = JudgeMammogram(reading.picture, reading.prepared);
  return reading;
}

void Analyzer::Run(Inference& reading) const {
  reading.output =
      RunVariants(*backend_, reading.prepared.input, options_.variants, options_.mask_threshold);
  if (!training_inputs_.empty()) {
    reading.inputs =
        training_inputs_.Distance(InputFeatures(reading.prepared.input)) / training_inputs_.limit();
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
  const bool stated = StatesPolarity(mammogram.facts);
  const bool doubtful = stated ? reading.evidence.score < kDoubtsHeader : !reading.evidence.Clear();
  if (!cut && doubtful) {
    try {
      Inference negative = Prepare(Negative(mammogram.pixels));
      // Where the background turned one of the two alone, they are the same picture.
      const bool turned = HasFlag(reading.prepared.flags, Flag::kInverted);
      if (turned == HasFlag(negative.prepared.flags, Flag::kInverted) &&
          negative.evidence.score >
              reading.evidence.score + (stated ? kNegativeNeeds : kSurelyNegative)) {
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
  JudgePicture(mammogram.facts, reading);
  return reading;
}

Prepared Analyzer::PrepareInput(const Mammogram& mammogram) const {
  return PrepareWithPolarityCheck(mammogram).prepared;
}

namespace {

/// What the header says. From here on all that is said of the picture is said of the file's pixels.
void SetFacts(const Mammogram& mammogram, Result& result) {
  result.facts = mammogram.facts;
  result.size = PictureSize(mammogram);
  for (auto* spacing : {&result.facts.row_spacing_mm, &result.facts.column_spacing_mm}) {
    if (*spacing) **spacing /= std::max(1, mammogram.facts.reduction);
  }
  result.facts.reduction = 1;
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
  SetFacts(mammogram, result);
  result.flags = mammogram.facts.flags;
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
    FillMasks(output, card, prepared.geometry, options_.mask_threshold,
              calibration_.dense_probability, result);
    Measure(result);
  }
  const PictureQuality quality = AssessPicture(reading.picture, prepared);
  AddFlags(result, CheckAgainstPicture(EvidenceOf(result, prepared.geometry.orientation, quality),
                                       result.facts));
  AddFlags(result, QualityFlags(quality, result.facts.view));

  SetHeadOutputs(output, options_.heads_disagree_above, result);
  calibration_.ApplyTo(result);
  if (!output.masks.empty() && OutlineAgreement(result, prepared.region) < 0.7)
    AddFlag(result.flags, Flag::kOutlineUncertain);
  if (IsCategoryUncertain(result)) AddFlag(result.flags, Flag::kCategoryUncertain);
  FlagMissingHeads(card.network, result);
  return {std::move(result), reading.picture};
}

std::string Analyzer::ModelName() const {
  const std::string name = backend_->card().name + " " + backend_->card().version;
  return calibration_.empty() ? name : CalibratedName(name, calibration_.name);
}

Mammogram Analyzer::ReadFile(const std::filesystem::path& path) const {
  DicomReadOptions read = options_.read;
  // The picture is at least as fine as the working copy.
  read.wanted_long_side = options_.read_whole ? 0 : LongestWorkingSide(backend_->card().preprocess);
  return ReadMammogram(path, read);
}

Analysis Analyzer::AnalyzeFile(const std::filesystem::path& path) const {
  StageSeconds stages;
  Analysis analysis;
  Result& result = analysis.result;
  try {
    const Mammogram mammogram = Timed(stages.read, [&] { return ReadFile(path); });
    SetFacts(mammogram, result);
    analysis.image = mammogram.pixels;  // stays if it is refused
    analysis = Analyze(mammogram, stages);
  } catch (const Error& e) {
    result.error = ErrorText(e);  // the facts read so far stay
  } catch (const std::bad_alloc&) {
    result.error = "limit: the picture needs more memory than there is";
  } catch (const cv::Exception& e) {
    result.error = "internal: " + Error(ErrorCode::kInternal, e.err).problem();
  } catch (const std::exception& e) {
    // Whatever it is, the other files go on.
    result.error = "internal: " + Error(ErrorCode::kInternal, e.what()).problem();
  }
  result.facts.path = path.string();
  SetTimes(stages, result);
  return analysis;
}

}  // namespace mhcnn
