#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "mhcnn/jobs/job_store.h"

namespace mhcnn {

/// Job stores, one for each thread, opened when the thread first needs it.
class ThreadStores {
 public:
  /// Keeps the options; stores are opened when they are needed.
  explicit ThreadStores(JobStoreOptions options) : options_(std::move(options)) {}

  /// Returns the store of this thread. Throws what opening a store throws.
  JobStore& Mine() {
    std::unique_ptr<JobStore>* mine = nullptr;
    {
      const std::lock_guard lock(mutex_);
      mine = &stores_[std::this_thread::get_id()];
    }
    if (!*mine) *mine = std::make_unique<JobStore>(options_);
    return **mine;
  }

 private:
  JobStoreOptions options_;
  std::mutex mutex_;
  std::map<std::thread::id, std::unique_ptr<JobStore>> stores_;
};

}  // namespace mhcnn
