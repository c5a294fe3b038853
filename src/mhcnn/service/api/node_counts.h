#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "mhcnn/jobs/job_store.h"

namespace mhcnn {

/// Counts of the exams, jobs and deliveries of each state. Thread-safe.
class NodeCounts {
 public:
  /// Returns {"exams": {state: n}, "jobs": {"waiting", "running"}, "deliveries": {destination:
  /// {state: n}}, "bytes": n}. They are read at most once a second; the bytes, the sum over all
  /// rows of files, at most once a minute.
  nlohmann::json Read(JobStore& store);

 private:
  using Clock = std::chrono::steady_clock;
  std::mutex mutex_;
  nlohmann::json counts_;
  std::uint64_t bytes_ = 0;
  std::optional<Clock::time_point> read_, added_;
};

}  // namespace mhcnn
