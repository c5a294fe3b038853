#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "nn/losses.h"
#include "train/dataset.h"

namespace mhcnn {

struct Batch {
  torch::Tensor images;  ///< (N, 1, H, W)
  nn::Targets targets;
  std::vector<std::size_t> samples;  ///< indices into the data set
};

/// Tensors of the given samples; `stream_base` names the random numbers of the first, and `augment`
/// nullptr leaves all as is.
Batch MakeBatch(const Dataset& dataset, const std::vector<std::size_t>& samples,
                const AugmentOptions* augment, std::uint64_t seed, std::uint64_t stream_base);

/// The batches of one epoch in order, made ahead by worker threads in bounded memory. Augmentation
/// depends on (seed, epoch) and the place in the epoch alone, so any worker count and any resume
/// gives the same batches.
class BatchLoader {
 public:
  /// `order`: the samples of the epoch (EpochOrder).
  BatchLoader(const Dataset& dataset, std::vector<std::size_t> order, const AugmentOptions& augment,
              int batch, std::uint64_t seed, std::uint64_t epoch, std::size_t first_batch,
              int workers);
  ~BatchLoader();

  std::size_t batches() const { return batches_; }
  /// The next batch, from `first_batch` on. Rethrows a worker's exception.
  Batch Next();
  /// Seconds that Next had to wait for a batch.
  double waited() const { return waited_; }

 private:
  void Work();

  const Dataset& dataset_;
  const AugmentOptions& augment_;
  std::uint64_t seed_, epoch_;
  std::size_t batch_, batches_;
  std::vector<std::size_t> order_;
  std::size_t ahead_;  // batches that may wait

  std::mutex mutex_;
  std::condition_variable room_, ready_;
  std::size_t next_to_make_, next_to_give_;
  std::map<std::size_t, Batch> waiting_;
  std::exception_ptr failure_;
  bool stop_ = false;
  double waited_ = 0;
  std::vector<std::jthread> workers_;
};

}  // namespace mhcnn
