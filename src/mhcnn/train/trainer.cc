#include "mhcnn/train/trainer.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mhcnn/base/file.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/log.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/progress.h"
#include "mhcnn/data/split.h"
#include "mhcnn/distributed/process_group.h"
#include "mhcnn/loader/batch_loader.h"
#include "mhcnn/model/checkpoint.h"
#include "mhcnn/nn/reader_model.h"
#include "mhcnn/preprocess/input_distribution.h"
#include "mhcnn/preprocess/input_features.h"
#include "mhcnn/train/learner.h"
#include "mhcnn/train/metrics_file.h"
#include "mhcnn/train/provenance.h"
#include "mhcnn/train/run_log.h"
#include "mhcnn/train/run_state.h"
#include "mhcnn/train/sample_sheet.h"
#include "mhcnn/train/training_set_check.h"
#include "mhcnn/train/validation.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr int kSums = std::tuple_size_v<LossValues>;
constexpr const char* kBeforeIsKept =
    "the last good state is kept; lower the learning rate or check the data";

}  // namespace

struct Trainer::Impl {
  Recipe recipe;
  TrainerOptions options;
  std::vector<Sample> samples;
  std::unique_ptr<Dataset> train, val;
  std::vector<double> sampling_weights;
  InputDistribution inputs;             // of the training images
  std::unique_ptr<ProcessGroup> alone;  // where the caller brings no group
  ProcessGroup* group = nullptr;
  std::unique_ptr<Learner> learner;
  std::unique_ptr<RunLog> log;  // of the first process
  RunState state;

  fs::path StatePath() const { return options.output / "state.safetensors"; }
  /// Prepared images for the time of this run, where the recipe names no folder for them.
  fs::path OwnCache() const { return options.output / "prepared.cache"; }
  const Phase& CurrentPhase() const { return recipe.phases[state.position.phase]; }
  bool Finished() const { return state.position.phase >= recipe.phases.size(); }
  std::size_t BatchesPerEpoch() const {
    return std::max<std::size_t>(1, train->size() / ImagesPerStep());
  }
  /// Images of one update of the weights.
  std::size_t ImagesPerStep() const {
    return static_cast<std::size_t>(recipe.batch) * static_cast<std::size_t>(recipe.accumulate);
  }

  void ReadSamples() {
    samples = ReadManifest(recipe.manifest);
    if (recipe.folds > 0) {
      FoldByPatient(samples, recipe.folds, recipe.fold, recipe.seed);
    } else {
      SplitByPatient(samples, recipe.val_fraction, 0, recipe.seed);
    }
    for (const std::string& warning : CheckTrainingSet(samples, recipe, group->size()))
      spdlog::warn(warning);
    if (!recipe.loss.readers) return;
    AuxiliaryState& learned = state.learned;
    learned.reader_names = ReaderNames(samples, recipe.manifest.string());
    if (learned.readers.empty())
      learned.readers = nn::InitialReaderParameters(learned.reader_names.size());
  }

  void ReadData() {
    const auto of_split = [&](const std::string& split, const std::string& label) {
      return std::make_unique<Dataset>(
          samples, split,
          DatasetOptions{.preprocess = recipe.preprocess,
                         .cache = recipe.cache.empty() ? OwnCache() : recipe.cache / "",
                         .label = label,
                         .readers = state.learned.reader_names},
          *group);
    };
    train = of_split("train", "training images");
    val = of_split("val", "validation images");
    CheckCategories(*train, *val, !recipe.loss.category_of_percent.mean.empty());
    sampling_weights = SamplingWeights(*train, recipe.sampling);
    std::vector<std::vector<double>> features(train->size());
    ParallelFor(train->size(), 0,
                [&](std::size_t i) { features[i] = ComputeInputFeatures(train->Get(i).image); });
    inputs = InputDistribution::Fit(features);
  }

  void Resume(const std::string& recipe_text) {
    state.recipe = recipe_text;
    state.data = FileFingerprint(recipe.manifest);
    state.metrics = MetricsHeader(recipe.network.masks);
    state.position.sums.assign(kSums, 0);
    if (options.restart && group->IsRoot()) {
      fs::remove(StatePath());
      fs::remove(OwnCache());
    }
    group->Barrier();
    if (!fs::exists(StatePath())) return;
    RunState earlier = LoadRunState(StatePath(), learner->network(), learner->average());
    if (earlier.recipe != recipe_text) {
      throw Error(
          ErrorCode::kUsage,
          "was trained with another recipe: " + FirstDifference(earlier.recipe, recipe_text),
          options.output.string(), "name another folder, or start over with --restart");
    }
    if (earlier.data != state.data) {
      throw Error(ErrorCode::kUsage, "was trained with another " + recipe.manifest.string(),
                  options.output.string(), "name another folder, or start over with --restart");
    }
    state = std::move(earlier);
    spdlog::info("resuming after {} epochs and {} steps", state.position.epochs_done,
                 state.position.step);
  }

  /// The choice is the run's: a resume, on whatever machine, goes on with it.
  void ChooseForward() {
    if (recipe.precision == TrainingPrecision::kAuto) {
      learner->UseForward(state.forward.empty()
                              ? MeasureFastestForward(learner->network().network(), train->input(),
                                                      std::min(2, recipe.batch / group->size()),
                                                      learner->device(), *group)
                              : ForwardOptions::Named(state.forward));
    }
    state.forward = learner->forward().Name();
  }

  void BeginPhase() {
    learner->BeginPhase(CurrentPhase(), state.learned);
    const bool midway = state.position.epoch > 0 || state.position.step > 0;
    if (midway) LoadOptimizer(StatePath(), learner->optimizer());
  }

  double PhaseRate() const {
    return CurrentPhase().learning_rate > 0 ? CurrentPhase().learning_rate : recipe.learning_rate;
  }

  /// Returns the learning rate at a step of the current epoch.
  double Rate(std::uint64_t step_of_epoch) const {
    const std::uint64_t per_epoch = BatchesPerEpoch();
    const std::uint64_t step = state.position.epoch * per_epoch + step_of_epoch;
    return PhaseRate() * state.watch.rate_scale *
           LearningRateFactor(recipe.schedule, step,
                              per_epoch * static_cast<std::uint64_t>(CurrentPhase().epochs));
  }

  /// Throws instead of replacing a good state by a broken one. All processes hold the same.
  void Save() {
    if (const std::string name = learner->FindNonFiniteParameter(); !name.empty()) {
      throw Error(
          ErrorCode::kInternal,
          fmt::format("tensor '{}' is not finite after {} steps", name, state.position.steps_done),
          options.output.string(), kBeforeIsKept);
    }
    learner->Store(state.learned);
    if (!group->IsRoot()) return;
    state.events = log->size();
    SaveRunState(StatePath(), state, learner->network(), learner->average(), learner->optimizer());
  }

  std::string Names(const std::vector<Batch>& passes) const {
    std::string names;
    for (const Batch& batch : passes) {
      for (const auto i : batch.samples)
        names += (names.empty() ? "" : ", ") + fs::path((*train)[i].name).filename().string();
    }
    return names;
  }

  void Step(const std::vector<Batch>& passes) {
    const LossValues losses =
        learner->Step(passes, Rate(state.position.step), state.position.steps_done);
    if (!std::isfinite(losses[0])) {
      throw Error(ErrorCode::kInternal,
                  fmt::format("the loss is not finite in phase '{}', epoch {}, batch {} ({})",
                              CurrentPhase().name, state.position.epoch + 1,
                              state.position.step + 1, Names(passes)),
                  options.output.string(), kBeforeIsKept);
    }
    if (log) {
      log->Step(state.position.steps_done + 1, {losses.begin(), losses.end()},
                Rate(state.position.step));
    }
    ++state.position.step;
    ++state.position.steps_done;
    for (std::size_t i = 0; i < kSums; ++i) state.position.sums[i] += losses[i];
  }

  std::vector<double> MeanLosses() const {
    std::vector<double> means = state.position.sums;
    for (double& mean : means)
      mean /= static_cast<double>(std::max<std::uint64_t>(1, state.position.step));
    return means;
  }

  void LogAugmented() {
    constexpr int kDraws = 4;
    const auto shown = SelectByDensity(*train, recipe.samples);
    if (shown.empty()) return;
    log->Augmented(DrawAugmentedSheet(*train, shown, recipe.augment, recipe.seed, kDraws,
                                      recipe.network.masks));
  }

  void Log(const EpochMetrics& row) {
    log->Epoch(state.position.steps_done, row, recipe.network.masks);
    const Dataset& shown = val->size() > 0 ? *val : *train;
    const auto samples_shown = SelectByDensity(shown, recipe.samples);
    if (samples_shown.empty()) return;
    log->Samples(state.position.steps_done, row.epoch,
                 DrawSampleSheet(learner->EvalWeights(), shown, samples_shown, learner->forward()));
  }

  /// Validates, writes the row and the checkpoint, moves on to the next epoch or phase.
  void EndEpoch(double images_per_second, double seconds, double loader_wait) {
    EpochMetrics row;
    row.phase = CurrentPhase().name;
    row.epoch = state.position.epochs_done + 1;
    row.learning_rate = Rate(state.position.step - 1);  // of the last step
    row.losses = MeanLosses();
    try {
      if (val->size() > 0)
        row.validation = Validate(learner->EvalWeights(), *val, recipe.batch, learner->loss(),
                                  learner->forward(), *group, learner->learned().readers);
    } catch (const Error& e) {
      // The resume then finds all batches done and validates again.
      if (e.code() == ErrorCode::kInterrupted) Save();
      throw;
    }
    row.images_per_second = images_per_second;
    row.seconds = seconds;
    row.loader_wait = loader_wait;
    state.improved = val->size() > 0 && state.watch.Add(row.validation.losses[0], recipe.schedule);
    state.metrics += MetricsLine(row, recipe.network.masks.size());
    if (log) Log(row);
    if (group->IsRoot() && !options.quiet) {
      fmt::print("{}\n", MetricsSummary(row, recipe.network.masks));
      std::fflush(stdout);
    }

    ++state.position.epochs_done;
    state.position.step = 0;
    state.position.sums.assign(kSums, 0);
    const bool gave_up = recipe.patience > 0 &&
                         state.watch.since_best >= static_cast<std::uint64_t>(recipe.patience);
    if (gave_up) {
      spdlog::info("phase '{}' ends: no lower validation loss for {} epochs", row.phase,
                   state.watch.since_best);
    }
    if (++state.position.epoch >= static_cast<std::uint64_t>(CurrentPhase().epochs) || gave_up) {
      state.position.epoch = 0;
      state.watch = {};
      ++state.position.phase;
    }
    Save();
    WriteResults();
  }

  void WriteRunFile() const {
    WriteFileAtomically(options.output / "run.json",
                        Provenance(recipe, state, samples).dump(1) + "\n");
  }

  /// The files that follow from the state; a kill may have come between it and them.
  void WriteResults() {
    if (!group->IsRoot()) return;
    WriteFileAtomically(options.output / "metrics.csv", state.metrics);
    if (recipe.loss.readers) WriteRunFile();
    Checkpoint checkpoint;
    checkpoint.network = recipe.network;
    checkpoint.preprocess = recipe.preprocess;
    checkpoint.provenance = Provenance(recipe, state, samples);
    checkpoint.provenance["data"]["inputs"] = inputs;
    checkpoint.weights = learner->EvalWeights().Save();
    WriteCheckpoint(options.output / "checkpoint.safetensors", checkpoint);
    // `improved` is of the epoch that ended: weights midway to the next are not validated.
    if (state.improved && state.position.step == 0)
      WriteCheckpoint(options.output / "best.safetensors", checkpoint);
  }

  /// True at the end of the epoch, false where max_steps stopped it.
  bool RunEpoch(std::uint64_t& budget) {
    const auto start = std::chrono::steady_clock::now();
    const std::size_t first = state.position.step;
    const std::size_t images = ImagesPerStep();
    const LoaderOptions fraction{.batch = recipe.batch,
                                 .accumulate = recipe.accumulate,
                                 .workers = recipe.workers,
                                 .rank = group->rank(),
                                 .size = group->size(),
                                 .seed = recipe.seed,
                                 .epoch = state.position.epochs_done,
                                 .first_step = first};
    BatchLoader loader(
        *train,
        EpochPermutation(train->size(), sampling_weights, recipe.seed, state.position.epochs_done),
        recipe.augment, fraction);
    Progress progress(fmt::format("{} {}/{}", CurrentPhase().name, state.position.epoch + 1,
                                  CurrentPhase().epochs),
                      (loader.steps() - first) * images);
    while (state.position.step < loader.steps()) {
      if (group->Any(Interrupted()) || (options.max_steps > 0 && budget == 0)) {
        Save();
        if (options.max_steps == 0 || budget > 0)
          throw Error(ErrorCode::kInterrupted, "interrupted");
        return false;
      }
      Step(loader.Next());
      if (budget > 0) --budget;
      const auto means = MeanLosses();
      progress.Advance(images, fmt::format("loss {:.4f} (seg {:.4f} reg {:.4f} cls {:.4f})",
                                           means[0], means[1], means[2], means[3]));
      const bool between = state.position.step < loader.steps();
      if (recipe.checkpoint_steps > 0 && between &&
          state.position.step % static_cast<std::uint64_t>(recipe.checkpoint_steps) == 0) {
        Save();
      }
    }
    progress.Finish();
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    EndEpoch(static_cast<double>((loader.steps() - first) * images) / seconds, seconds,
             loader.waited() / seconds);
    return true;
  }
};

Trainer::Trainer(const Recipe& recipe, const std::string& recipe_text,
                 const TrainerOptions& options, ProcessGroup* group)
    : impl_(std::make_unique<Impl>()) {
  recipe.Check();
  options.Check();
  impl_->recipe = recipe;
  impl_->options = options;
  if (!group) impl_->alone = std::make_unique<ProcessGroup>();
  impl_->group = group ? group : impl_->alone.get();
  recipe.CheckProcesses(impl_->group->size());
  impl_->learner = std::make_unique<Learner>(
      impl_->recipe, *impl_->group, ChooseDevice(options.device, impl_->group->local_rank()));
  impl_->Resume(recipe_text);
  impl_->ReadSamples();
  impl_->ReadData();
  // A kill may have come between the state and what follows from it.
  if (impl_->state.position.epochs_done > 0 && impl_->state.position.step == 0) {
    impl_->WriteResults();
  }
  if (impl_->Finished()) return;
  impl_->ChooseForward();
  if (!impl_->group->IsRoot()) return;
  impl_->log = std::make_unique<RunLog>(options.output, impl_->state.events, recipe_text);
  if (impl_->state.events == 0) impl_->LogAugmented();
  WriteFileAtomically(options.output / "recipe.toml", recipe_text);
  impl_->WriteRunFile();
}

Trainer::~Trainer() = default;

void Trainer::Run() {
  std::uint64_t budget = impl_->options.max_steps;
  while (!impl_->Finished()) {
    impl_->BeginPhase();
    const std::uint64_t phase = impl_->state.position.phase;
    while (!impl_->Finished() && impl_->state.position.phase == phase) {
      if (!impl_->RunEpoch(budget)) {
        impl_->WriteResults();
        return;
      }
    }
  }
  if (!impl_->group->IsRoot()) return;
  fs::remove(impl_->OwnCache());
  if (!impl_->options.quiet) fmt::print("{}", ReadersToText(impl_->state.learned));
}

bool Trainer::finished() const { return impl_->Finished(); }
const nn::GraphModule& Trainer::network() const { return impl_->learner->network(); }

}  // namespace mhcnn
