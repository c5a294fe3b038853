#pragma once

#include <torch/torch.h>

#include <barrier>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mhcnn::testing_support {

/// Two or more threads that stand for processes: a sum waits until each has brought its part.
class SummingThreads {
 public:
  explicit SummingThreads(int count) : count_(count), barrier_(count) {}

  /// Sums a tensor over the threads, in place; each calls it in the same order.
  void Sum(torch::Tensor& values) {
    {
      const std::lock_guard lock(mutex_);
      total_ = total_.defined() ? total_ + values : values.clone();
    }
    barrier_.arrive_and_wait();
    values.copy_(total_);
    barrier_.arrive_and_wait();
    {
      const std::lock_guard lock(mutex_);
      total_.reset();
    }
    barrier_.arrive_and_wait();
  }

  /// Runs `work` with the numbers 0 to count - 1, each in a thread of its own.
  void Run(const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int rank = 0; rank < count_; ++rank) threads.emplace_back(work, rank);
    for (auto& thread : threads) thread.join();
  }

 private:
  int count_;
  std::barrier<> barrier_;
  std::mutex mutex_;
  torch::Tensor total_;
};

}  // namespace mhcnn::testing_support
