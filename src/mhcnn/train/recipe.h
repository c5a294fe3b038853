#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/base/options.h"
#include "mhcnn/loader/augment.h"
#include "mhcnn/loader/sampling.h"
#include "mhcnn/model/network.h"
#include "mhcnn/nn/loss_options.h"
#include "mhcnn/preprocess/preprocess.h"
#include "mhcnn/train/schedule.h"

namespace mhcnn {

/// Arithmetic of the forward pass.
enum class TrainingPrecision {
  kAuto,  ///< "auto": with its memory format what is fastest on the machine the run begins on
  kFp32,  ///< "fp32"
  kBf16   ///< "bf16"; losses and statistics stay in fp32
};
/// Returns the value of a recipe's word. Throws Error(kUsage) that begins with `name`.
TrainingPrecision ParseTrainingPrecision(std::string_view name, const std::string& word);

/// Part of a training with its own losses (the paper's "phase-based training").
struct Phase {
  /// Name in messages and metrics.csv.
  std::string name;
  /// Number of epochs.
  int epochs = 1;
  /// Weights of the losses of the heads; 0: the head has no loss.
  double lambda_segmentation = 1, lambda_regression = 0, lambda_classification = 0;
  /// Modules whose weights do not change.
  std::set<Module> freeze;
  double learning_rate = 0;  ///< 0: optimizer.learning_rate
};

/// All settings of a training run; read from TOML, documented in docs/training.md.
struct Recipe {
  std::filesystem::path manifest;  ///< data.manifest; samples without a split are split by patient
  double val_fraction = 0.2;       ///< data.val_fraction: of the patients without a split
  int folds = 0, fold = 1;         ///< data.folds, data.fold: cross-validation by patient; 0: none
  /// data.cache: folder of prepared images that several runs share; empty: the run's own file.
  std::filesystem::path cache;
  /// data.sampling: how often an epoch shows each image.
  Sampling sampling = Sampling::kUniform;

  /// The table [network].
  NetworkOptions network;
  /// The table [preprocess].
  PreprocessOptions preprocess;
  /// The table [augment].
  AugmentOptions augment;
  /// The table [loss], without the weights of the phases.
  nn::LossOptions loss;
  /// The tables [[phase]], in order.
  std::vector<Phase> phases;

  double learning_rate = 5e-5, weight_decay = 1e-4;  ///< AdamW, as in the paper
  /// optimizer.schedule and its keys.
  ScheduleOptions schedule;
  double gradient_clip = 0;  ///< largest norm of all gradients; 0: none
  int accumulate = 1;        ///< batches whose gradients make one update

  /// Images of a forward pass.
  int batch = 4;
  /// Random seed of the run.
  std::uint64_t seed = 1;
  /// training.precision.
  TrainingPrecision precision = TrainingPrecision::kAuto;
  bool channels_last = true;         ///< memory format; not read where precision is auto
  bool sync_batch_norm = true;       ///< statistics over the images of all processes
  double ema_decay = 0;              ///< exponential moving average of the weights; 0: none
  std::filesystem::path pretrained;  ///< ImageNet weights of the encoder; empty: from scratch
  int workers = 1;                   ///< threads that read and augment
  int patience = 0;  ///< epochs without a lower validation loss that end a phase; 0: none do
  int samples = 4;   ///< number drawn at the end of each epoch; 0: none
  /// Steps after which the state is saved within an epoch; 0: at the end of epochs only.
  int checkpoint_steps = 0;

  /// Reads a recipe. Throws Error(kUsage) naming the key.
  static Recipe Read(Options& options);
  /// Throws Error(kUsage) naming the bad key.
  void Check() const;
  /// Throws Error(kUsage) where so many processes cannot share a batch equally.
  void CheckProcesses(int processes) const;
};

}  // namespace mhcnn
