#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "mhcnn/loader/dataset.h"
#include "mhcnn/nn/losses.h"

namespace mhcnn {

/// Images of one forward pass with their labels.
struct Batch {
  torch::Tensor images;  ///< (N, 1, H, W)
  /// Labels of the images.
  nn::Targets targets;
  std::vector<std::size_t> samples;  ///< indices into the data set
};

/// Makes the tensors of the given samples; `stream_base` identifies the random numbers of the
/// first, and `augment` nullptr leaves all images unchanged.
Batch MakeBatch(const Dataset& dataset, const std::vector<std::size_t>& samples,
                const AugmentOptions* augment, std::uint64_t seed, std::uint64_t stream_base);

/// Options of a loader: an epoch has steps of `accumulate` forward passes of `batch` images, of
/// which this process uses its slice.
struct LoaderOptions {
  /// Images of a forward pass, and forward passes of a step.
  int batch = 4, accumulate = 1;
  int workers = 1;         ///< threads that read and augment
  int rank = 0, size = 1;  ///< number of this process, and of all processes
  /// Random seed of the run, and number of the epoch.
  std::uint64_t seed = 1, epoch = 0;
  /// Step to begin with, after a resume.
  std::size_t first_step = 0;

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Returns the first and last + 1 of a process's images in each forward pass of a step of `images`
/// images: equal parts of each pass. A last pass with fewer images than processes is left out.
std::vector<std::pair<std::size_t, std::size_t>> RankSlice(std::size_t images,
                                                           const LoaderOptions& options);

/// Loader of the steps of one epoch in order, made in advance by worker threads in bounded memory.
/// Augmentation depends on (seed, epoch) and the place in the epoch only, so any number of workers
/// or processes and any resume gives the same images.
class BatchLoader {
 public:
  /// Starts the workers. `order`: the samples of the epoch (EpochPermutation).
  BatchLoader(const Dataset& dataset, std::vector<std::size_t> order, const AugmentOptions& augment,
              const LoaderOptions& options);
  ~BatchLoader();

  /// Returns the number of steps of the epoch.
  std::size_t steps() const { return steps_; }
  /// Returns this process's images of the next step, a batch for each forward pass. Rethrows a
  /// worker's exception.
  std::vector<Batch> Next();
  /// Returns the seconds that Next had to wait for a batch.
  double waited() const { return waited_; }

 private:
  void Work();
  std::vector<Batch> Make(std::size_t step) const;

  const Dataset& dataset_;
  const AugmentOptions& augment_;
  LoaderOptions options_;
  std::size_t images_, steps_;  // images of a step
  std::vector<std::size_t> order_;
  std::size_t ahead_;  // steps that may wait

  std::mutex mutex_;
  std::condition_variable room_, ready_;
  std::size_t next_to_make_, next_to_give_;
  std::map<std::size_t, std::vector<Batch>> waiting_;
  std::exception_ptr failure_;
  bool stop_ = false;
  double waited_ = 0;
  std::vector<std::jthread> workers_;
};

}  // namespace mhcnn
