#pragma once

#include "mhcnn/distributed/process_group.h"
#include "mhcnn/testing/summing_threads.h"

namespace mhcnn::testing_support {

/// A thread's place among those that stand for processes.
class ThreadGroup : public ProcessGroup {
 public:
  ThreadGroup(SummingThreads& threads, int rank, int size)
      : threads_(threads), rank_(rank), size_(size) {}
  int rank() const override { return rank_; }
  int size() const override { return size_; }
  using ProcessGroup::AllReduce;
  void AllReduce(torch::Tensor& values) override { threads_.Sum(values); }
  void AllReduceAsync(torch::Tensor& values) override {
    ++sums;
    threads_.Sum(values);
  }

  int sums = 0;  ///< number of sums that AllReduceAsync began

 private:
  SummingThreads& threads_;
  int rank_, size_;
};

}  // namespace mhcnn::testing_support
