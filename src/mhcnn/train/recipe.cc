#include "mhcnn/train/recipe.h"

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/loader/sampling.h"
#include "mhcnn/train/modules.h"

namespace mhcnn {
namespace {

[[noreturn]] void BadKey(const std::string& key, const std::string& problem) {
  throw Error(ErrorCode::kUsage, "key '" + key + "' " + problem);
}

void OneOf(const std::string& key, const std::string& value,
           const std::vector<std::string>& choices) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return;
  std::string list;
  for (const auto& choice : choices) list += (list.empty() ? "" : ", ") + choice;
  BadKey(key, "is '" + value + "', not one of " + list);
}

void InRange(const std::string& key, double value, double low, double high) {
  if (!(value >= low && value <= high)) {
    BadKey(key, "must lie in " + std::to_string(low) + " to " + std::to_string(high));
  }
}

void ReadNetwork(Options& options, NetworkOptions& network) {
  options.Get("network.encoder", network.encoder);
  options.Get("network.dropout", network.dropout);
  options.Get("network.heads", network.heads);
  options.Get("network.decoders", network.decoders);
  options.Get("network.category_from", network.category_from);
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

/// Percents in the recipe, shares in the loss.
void ReadCategoryRange(Options& options, nn::CategoryRangeOptions& range) {
  options.Get("loss.category_range", range.weight);
  // Mean and 10th to 90th percentile of processed digital mammograms, DM-Scan, three readers
  // (SpringerPlus 2:242; its 5th to 95th drawn in by the normal's ratio).
  std::vector<double> low = {0, 12, 25, 36}, high = {16, 34, 46, 62};
  options.Get("loss.category_range_low", low);
  options.Get("loss.category_range_high", high);
  if (low.size() != 4 || high.size() != 4)
    BadKey("loss.category_range_low", "and loss.category_range_high must be four percents each");
  for (std::size_t i = 0; i < 4; ++i) {
    if (!(low[i] >= 0 && low[i] < high[i] && high[i] <= 100))
      BadKey("loss.category_range_low",
             "must lie below loss.category_range_high, both in 0 to 100");
    range.low.push_back(low[i] / 100);
    range.high.push_back(high[i] / 100);
  }
}

void ReadLoss(Options& options, nn::LossOptions& loss) {
  options.Get("loss.tversky_alpha", loss.segmentation.alpha);
  options.Get("loss.tversky_beta", loss.segmentation.beta);
  options.Get("loss.tversky_exponent", loss.segmentation.exponent);
  options.Get("loss.tversky_smooth", loss.segmentation.smooth);
  options.Get("loss.mask_cross_entropy", loss.mask_cross_entropy);
  options.Get("loss.regression_form", loss.regression.form);
  options.Get("loss.regression_activation", loss.regression.activation);
  options.Get("loss.regression_beta", loss.regression.beta);
  options.Get("loss.regression_gamma", loss.regression.gamma);
  options.Get("loss.class_weights", loss.class_weights);
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
  options.GetRenamed("augment.tone_curve", "augment.look", augment.tone_curve);
  options.Get("augment.pectoral", augment.pectoral);
  options.Get("augment.marker", augment.marker);
}

Phase ReadPhase(Options& options, std::size_t index, const NetworkOptions& network) {
  const std::string prefix = "phase." + std::to_string(index) + ".";
  Phase phase;
  if (!network.Has("segmentation")) phase.lambda_segmentation = 0;
  phase.name = "phase " + std::to_string(index + 1);
  options.Get(prefix + "name", phase.name);
  options.Get(prefix + "epochs", phase.epochs);
  options.Get(prefix + "lambda_segmentation", phase.lambda_segmentation);
  options.Get(prefix + "lambda_regression", phase.lambda_regression);
  options.Get(prefix + "lambda_classification", phase.lambda_classification);
  options.Get(prefix + "freeze", phase.freeze);
  options.Get(prefix + "learning_rate", phase.learning_rate);
  return phase;
}

}  // namespace

Recipe Recipe::Read(Options& options) {
  Recipe recipe;
  std::string manifest, cache, pretrained;
  options.Get("data.manifest", manifest);
  options.Get("data.val_share", recipe.val_share);
  options.Get("data.folds", recipe.folds);
  options.Get("data.fold", recipe.fold);
  options.Get("data.sampling", recipe.sampling);
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
  options.Get("optimizer.schedule", recipe.schedule.form);
  options.Get("optimizer.warmup", recipe.schedule.warmup);
  options.Get("optimizer.plateau_factor", recipe.schedule.plateau_factor);
  options.Get("optimizer.plateau_patience", recipe.schedule.plateau_patience);
  options.Get("optimizer.accumulate", recipe.accumulate);
  options.Get("optimizer.gradient_clip", recipe.gradient_clip);
  options.Get("training.batch", recipe.batch);
  options.Get("training.seed", recipe.seed);
  options.Get("training.precision", recipe.precision);
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
  InRange("data.val_share", val_share, 0, 0.9);
  InRange("data.folds", folds, 0, 1000);
  if (folds == 1) BadKey("data.folds", "must be 0 (none) or at least 2");
  if (folds > 0) InRange("data.fold", fold, 1, folds);
  OneOf("data.sampling", sampling, SamplingNames());
  InRange("loss.tversky_alpha", loss.segmentation.alpha, 0, 10);
  InRange("loss.tversky_beta", loss.segmentation.beta, 0, 10);
  InRange("loss.tversky_exponent", loss.segmentation.exponent, 0.1, 10);
  InRange("loss.tversky_smooth", loss.segmentation.smooth, 1e-6, 1e6);
  InRange("loss.mask_cross_entropy", loss.mask_cross_entropy, 0, 1e3);
  InRange("loss.category_range", loss.category_range.weight, 0, 1e3);
  OneOf("loss.regression_form", loss.regression.form, {"l1", "l2"});
  OneOf("loss.regression_activation", loss.regression.activation, {"sigmoid", "tanh"});
  InRange("loss.regression_beta", loss.regression.beta, 0, 1e6);
  InRange("loss.regression_gamma", loss.regression.gamma, 0, 10);
  InRange("loss.reader_trace", loss.reader_trace, 0, 10);
  if (loss.readers && !network.Has("segmentation"))
    BadKey("loss.readers", "needs the head 'segmentation' in network.heads");
  if (!loss.class_weights.empty() && loss.class_weights.size() != 4)
    BadKey("loss.class_weights", "must be four numbers");
  augment.Check();
  InRange("optimizer.learning_rate", learning_rate, 1e-9, 10);
  InRange("optimizer.weight_decay", weight_decay, 0, 10);
  OneOf("optimizer.schedule", schedule.form, ScheduleOptions::Forms());
  InRange("optimizer.warmup", schedule.warmup, 0, 0.9);
  InRange("optimizer.plateau_factor", schedule.plateau_factor, 0.01, 0.99);
  InRange("optimizer.plateau_patience", schedule.plateau_patience, 1, 1e6);
  InRange("optimizer.accumulate", accumulate, 1, 4096);
  InRange("optimizer.gradient_clip", gradient_clip, 0, 1e9);
  InRange("training.batch", batch, 1, 4096);
  OneOf("training.precision", precision, {"auto", "fp32", "bf16"});
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
    for (const auto& [head, lambda] : {std::pair{"segmentation", phases[i].lambda_segmentation},
                                       {"regression", phases[i].lambda_regression},
                                       {"classification", phases[i].lambda_classification}}) {
      if (lambda > 0 && !network.Has(head)) {
        BadKey(prefix + "lambda_" + head,
               std::string("is above 0, but network.heads has no '") + head + "'");
      }
    }
    if (phases[i].lambda_segmentation + phases[i].lambda_regression +
            phases[i].lambda_classification <=
        0) {
      BadKey(prefix + "lambda_segmentation",
             "and its siblings are all 0: the phase trains nothing");
    }
    ParseModules(phases[i].freeze, prefix + "freeze");
  }
}

}  // namespace mhcnn
