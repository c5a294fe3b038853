#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/infer/open_backend.h"

namespace mhcnn {

/// A way to run a network on a machine.
struct Tuning {
  Precision precision = Precision::kF32;  ///< arithmetic
  int threads = 0;                        ///< BackendOptions::threads
  int streams = 0;                        ///< RunOptions::streams
  /// Compares all fields.
  bool operator==(const Tuning&) const = default;
  /// Returns "f32, 2 threads, 2 streams".
  std::string Text() const;
};

/// Result of one way that was tried.
struct TuningTrial {
  Tuning tuning;                 ///< the way
  double images_per_second = 0;  ///< speed of the network alone
};

/// Options of the trials.
struct TuneOptions {
  std::filesystem::path model;                            ///< ONNX file
  std::vector<Precision> precisions = {Precision::kF32};  ///< allowed ones, the usual one first
  double seconds = 2;                                     ///< duration of each trial

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Runs the network in each way in turn, with as many callers as `mhcnn predict` has workers; one
/// stream up to one for each thread, and all threads of the process or half of them. A batch of
/// several images is not tried: the network runs one at a time. Throws what Backend::Create
/// throws.
std::vector<TuningTrial> RunTuningTrials(
    const TuneOptions& options, const std::function<void(const TuningTrial&)>& on_trial = {});

/// Returns the fastest trial, or the first one if the fastest is less than 3 % faster than it, as
/// timings vary by as much. Throws Error(kInternal) for none.
const TuningTrial& ChooseBestTrial(const std::vector<TuningTrial>& trials);

/// Writes a choice for this machine and this model (an ONNX file) to a file of JSON. Throws what
/// AtomicFile throws.
void WriteTuning(const std::filesystem::path& file, const std::filesystem::path& model,
                 const std::vector<TuningTrial>& trials, const Tuning& choice);
/// Returns the choice in the file, if it was made with this model on a processor of this kind with
/// as many threads; nothing if there is no file. A file that is damaged, of another version or
/// cannot be read is ignored, with a warning. Throws Error(kIo) if the model cannot be read.
std::optional<Tuning> ReadTuning(const std::filesystem::path& file,
                                 const std::filesystem::path& model);

}  // namespace mhcnn
