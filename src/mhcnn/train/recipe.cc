#include "mhcnn/train/recipe.h"

#include <fmt/format.h>

#include <array>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/stats/published_percent_density.h"
#include "mhcnn/train/modules.h"

namespace mhcnn {
namespace {

[[noreturn]] void BadKey(const std::string& key, const std::string& problem) {
  throw Error(ErrorCode::kUsage, "key '" + key + "' " + problem);
}

void InRange(const std::string& key, double value, double low, double high) {
  CheckRange("key '" + key + "'", value, low, high);
}

/// Reads a word of an enumeration where the recipe states the key.
template <typename E>
void GetWord(Options& options, const std::string& key,
             E (*parse)(std::string_view, const std::string&), E& value) {
  std::string word;
  options.Get(key, word);
  if (options.Has(key)) value = parse("key '" + key + "'", word);
}

void ReadNetwork(Options& options, NetworkOptions& network) {
  options.Get("network.encoder", network.encoder);
  options.Get("network.dropout", network.dropout);
  std::vector<std::string> heads;
  options.Get("network.heads", heads);
  if (options.Has("network.heads")) network.heads.clear();
  for (const std::string& head : heads) network.heads.push_back(ParseHead(head));
  std::string decoders = DecodersName(network.decoders),
              category_from = CategorySourceName(network.category_from);
  options.Get("network.decoders", decoders);
  options.Get("network.category_from", category_from);
  network.decoders = ParseDecoders(decoders);
  network.category_from = ParseCategorySource(category_from);
  std::vector<double> channels(network.decoder_channels.begin(), network.decoder_channels.end());
  options.Get("network.decoder_channels", channels);
  network.decoder_channels.assign(channels.begin(), channels.end());
}

void ReadPreprocess(Options& options, PreprocessOptions& preprocess) {
  options.Get("preprocess.input_height", preprocess.input_height);
  options.Get("preprocess.input_width", preprocess.input_width);
  options.Get("preprocess.margin", preprocess.margin);
  options.Get("preprocess.low_percentile", preprocess.low_percentile);
  options.Get("preprocess.high_percentile", preprocess.high_percentile);
}

/// Percents in the recipe, fractions in the loss.
void ReadCategoryRange(Options& options, nn::CategoryRangeOptions& range) {
  options.Get("loss.category_range", range.weight);
  // Mean and 10th to 90th percentile of processed digital mammograms, DM-Scan, three readers
  // (SpringerPlus 2:242; its 5th to 95th drawn in by the normal's ratio).
  std::vector<double> low = {0, 12, 25, 36}, high = {16, 34, 46, 62};
  options.Get("loss.category_range_low", low);
  options.Get("loss.category_range_high", high);
  if (low.size() != 4 || high.size() != 4)
    BadKey("loss.category_range_low",
           "and loss.category_range_high must be four percent densities each");
  for (std::size_t i = 0; i < 4; ++i) {
    if (!(low[i] >= 0 && low[i] < high[i] && high[i] <= 100))
      BadKey("loss.category_range_low",
             "must lie below loss.category_range_high, both in 0 to 100");
    range.low.push_back(low[i] / 100);
    range.high.push_back(high[i] / 100);
  }
}

void ReadCategoryOfPercent(Options& options, nn::CategoryFromPercentOptions& of_percent) {
  bool on = false;
  options.Get("loss.category_of_percent", on);
  if (!on) return;
  for (const PublishedPercentDensity& published : kPublishedPercentDensities) {
    const PublishedPercentDensity::Root root = published.ToSquareRootNormal();
    of_percent.mean.push_back(root.mean);
    of_percent.deviation.push_back(root.deviation);
  }
}

void ReadLoss(Options& options, nn::LossOptions& loss) {
  options.Get("loss.tversky_alpha", loss.segmentation.alpha);
  options.Get("loss.tversky_beta", loss.segmentation.beta);
  options.Get("loss.tversky_exponent", loss.segmentation.exponent);
  options.Get("loss.tversky_smooth", loss.segmentation.smooth);
  options.Get("loss.mask_cross_entropy", loss.mask_cross_entropy);
  GetWord(options, "loss.regression_form", nn::ParseRegressionForm, loss.regression.form);
  GetWord(options, "loss.regression_activation", nn::ParseFocusActivation,
          loss.regression.activation);
  options.Get("loss.regression_beta", loss.regression.beta);
  options.Get("loss.regression_gamma", loss.regression.gamma);
  options.Get("loss.class_weights", loss.class_weights);
  GetWord(options, "loss.category_form", nn::ParseCategoryForm, loss.category_form);
  ReadCategoryOfPercent(options, loss.category_of_percent);
  ReadCategoryRange(options, loss.category_range);
  options.Get("loss.uncertainty", loss.uncertainty);
  options.Get("loss.mask_uncertainty", loss.mask_uncertainty);
  options.Get("loss.readers", loss.readers);
  options.Get("loss.reader_trace", loss.reader_trace);
}

void ReadAugment(Options& options, AugmentOptions& augment) {
  options.Get("augment.probability", augment.probability);
  options.Get("augment.rotation", augment.rotation);
  options.Get("augment.scale", augment.scale);
  options.Get("augment.shift", augment.shift);
  options.Get("augment.gamma", augment.gamma);
  options.Get("augment.contrast", augment.contrast);
  options.Get("augment.brightness", augment.brightness);
  options.Get("augment.noise", augment.noise);
  options.Get("augment.blur", augment.blur);
  options.Get("augment.cut_off", augment.cut_off);
  options.Get("augment.shear", augment.shear);
  options.Get("augment.flip", augment.flip);
  options.Get("augment.window", augment.window);
  options.GetWithOldName("augment.tone_curve", "augment.look", augment.tone_curve);
  options.Get("augment.local_contrast", augment.local_contrast);
  options.Get("augment.pectoral", augment.pectoral);
  options.Get("augment.marker", augment.marker);
}

Phase ReadPhase(Options& options, std::size_t index, const NetworkOptions& network) {
  const std::string prefix = "phase." + std::to_string(index) + ".";
  Phase phase;
  if (!network.Has(Head::kSegmentation)) phase.lambda_segmentation = 0;
  phase.name = "phase " + std::to_string(index + 1);
  options.Get(prefix + "name", phase.name);
  options.Get(prefix + "epochs", phase.epochs);
  options.Get(prefix + "lambda_segmentation", phase.lambda_segmentation);
  options.Get(prefix + "lambda_regression", phase.lambda_regression);
  options.Get(prefix + "lambda_classification", phase.lambda_classification);
  std::vector<std::string> freeze;
  options.Get(prefix + "freeze", freeze);
  phase.freeze = ParseModules(freeze, prefix + "freeze");
  options.Get(prefix + "learning_rate", phase.learning_rate);
  return phase;
}

}  // namespace

TrainingPrecision ParseTrainingPrecision(std::string_view name, const std::string& word) {
  static constexpr std::array kWords = {"auto", "fp32", "bf16"};
  return static_cast<TrainingPrecision>(FindChoice(name, word, kWords));
}

Recipe Recipe::Read(Options& options) {
  Recipe recipe;
  std::string manifest, cache, pretrained;
  options.Get("data.manifest", manifest);
  options.Get("data.val_share", recipe.val_fraction);
  options.Get("data.folds", recipe.folds);
  options.Get("data.fold", recipe.fold);
  GetWord(options, "data.sampling", ParseSampling, recipe.sampling);
  options.Get("data.cache", cache);
  recipe.manifest = manifest;
  recipe.cache = cache;
  ReadNetwork(options, recipe.network);
  ReadPreprocess(options, recipe.preprocess);
  ReadLoss(options, recipe.loss);
  recipe.loss.reader_mask = recipe.network.MaskIndex("dense");
  recipe.loss.category_range.breast = recipe.network.MaskIndex("breast");
  recipe.loss.category_range.dense = recipe.network.MaskIndex("dense");
  ReadAugment(options, recipe.augment);
  options.Get("optimizer.learning_rate", recipe.learning_rate);
  options.Get("optimizer.weight_decay", recipe.weight_decay);
  GetWord(options, "optimizer.schedule", ParseScheduleForm, recipe.schedule.form);
  options.Get("optimizer.warmup", recipe.schedule.warmup);
  options.Get("optimizer.plateau_factor", recipe.schedule.plateau_factor);
  options.Get("optimizer.plateau_patience", recipe.schedule.plateau_patience);
  options.Get("optimizer.accumulate", recipe.accumulate);
  options.Get("optimizer.gradient_clip", recipe.gradient_clip);
  options.Get("training.batch", recipe.batch);
  options.Get("training.seed", recipe.seed);
  GetWord(options, "training.precision", ParseTrainingPrecision, recipe.precision);
  options.Get("training.channels_last", recipe.channels_last);
  options.Get("training.sync_batch_norm", recipe.sync_batch_norm);
  options.Get("training.ema_decay", recipe.ema_decay);
  options.Get("training.pretrained", pretrained);
  recipe.pretrained = pretrained;
  options.Get("training.workers", recipe.workers);
  options.Get("training.patience", recipe.patience);
  options.Get("training.samples", recipe.samples);
  options.Get("training.checkpoint_steps", recipe.checkpoint_steps);
  const std::size_t phases = options.Count("phase");
  for (std::size_t i = 0; i < phases; ++i)
    recipe.phases.push_back(ReadPhase(options, i, recipe.network));
  options.RejectUnknown();
  recipe.Check();
  return recipe;
}

void Recipe::Check() const {
  if (manifest.empty()) BadKey("data.manifest", "names no data set; give it here or with --data");
  network.Check();
  preprocess.Check();
  InRange("data.val_share", val_fraction, 0, 0.9);
  InRange("data.folds", folds, 0, 1000);
  if (folds == 1) BadKey("data.folds", "must be 0 (none) or at least 2");
  if (folds > 0) InRange("data.fold", fold, 1, folds);
  loss.Check();
  if (loss.readers && !network.Has(Head::kSegmentation))
    BadKey("loss.readers", "needs the head 'segmentation' in network.heads");
  augment.Check();
  InRange("optimizer.learning_rate", learning_rate, 1e-9, 10);
  InRange("optimizer.weight_decay", weight_decay, 0, 10);
  schedule.Check();
  InRange("optimizer.accumulate", accumulate, 1, 4096);
  InRange("optimizer.gradient_clip", gradient_clip, 0, 1e9);
  InRange("training.batch", batch, 1, 4096);
  InRange("training.ema_decay", ema_decay, 0, 0.999999);
  InRange("training.workers", workers, 1, 256);
  InRange("training.patience", patience, 0, 1e6);
  InRange("training.samples", samples, 0, 64);
  InRange("training.checkpoint_steps", checkpoint_steps, 0, 1e9);
  if (phases.empty()) BadKey("phase", "is missing: a recipe has at least one [[phase]]");
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const std::string prefix = "phase." + std::to_string(i) + ".";
    InRange(prefix + "epochs", phases[i].epochs, 1, 1e6);
    InRange(prefix + "lambda_segmentation", phases[i].lambda_segmentation, 0, 1e6);
    InRange(prefix + "lambda_regression", phases[i].lambda_regression, 0, 1e6);
    InRange(prefix + "lambda_classification", phases[i].lambda_classification, 0, 1e6);
    InRange(prefix + "learning_rate", phases[i].learning_rate, 0, 10);
    for (const auto& [head, lambda] :
         {std::pair{Head::kSegmentation, phases[i].lambda_segmentation},
          {Head::kRegression, phases[i].lambda_regression},
          {Head::kClassification, phases[i].lambda_classification}}) {
      if (lambda > 0 && !network.Has(head)) {
        BadKey(fmt::format("{}lambda_{}", prefix, HeadName(head)),
               fmt::format("is above 0, but network.heads has no '{}'", HeadName(head)));
      }
    }
    if (phases[i].lambda_segmentation + phases[i].lambda_regression +
            phases[i].lambda_classification <=
        0) {
      BadKey(prefix + "lambda_segmentation",
             "and the other lambda keys are all 0: the phase trains nothing");
    }
  }
}

void Recipe::CheckProcesses(int processes) const {
  if (batch % processes == 0) return;
  throw Error(
      ErrorCode::kUsage,
      fmt::format("is {} and cannot be divided equally among {} processes", batch, processes),
      "training.batch", "choose a multiple of the number of processes");
}

}  // namespace mhcnn
