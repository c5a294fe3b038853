#include "mhcnn/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

namespace mhcnn {

namespace {

/// Processors that the process may be scheduled on.
int ScheduledThreads() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

}  // namespace

std::optional<int> ThreadsFromQuota(const std::string& cpu_max) {
  std::istringstream text(cpu_max);
  double quota = 0, period = 0;
  if (!(text >> quota >> period) || quota <= 0 || period <= 0) return std::nullopt;
  return std::max(1, static_cast<int>(std::ceil(std::min(quota / period, 1e6))));
}

int AvailableThreads() {
  static const std::optional<int> quota = [] {
    std::ifstream file("/sys/fs/cgroup/cpu.max");
    std::string line;
    std::getline(file, line);
    return ThreadsFromQuota(line);
  }();
  const int scheduled = ScheduledThreads();
  return std::min(scheduled, quota.value_or(scheduled));
}

void ParallelFor(std::size_t count, int threads, const std::function<void(std::size_t)>& fn) {
  if (threads <= 0) threads = AvailableThreads();
  const std::size_t workers = std::min<std::size_t>(count, static_cast<std::size_t>(threads));
  if (workers <= 1) {
    for (std::size_t i = 0; i < count; ++i) fn(i);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::size_t failed_index = count;
  std::exception_ptr failure;
  {
    std::vector<std::jthread> pool;
    for (std::size_t w = 0; w < workers; ++w) {
      pool.emplace_back([&] {
        while (!stop) {
          const std::size_t i = next++;
          if (i >= count) return;
          try {
            fn(i);
          } catch (...) {
            const std::lock_guard lock(mutex);
            stop = true;
            if (i < failed_index) {
              failed_index = i;
              failure = std::current_exception();
            }
          }
        }
      });
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace mhcnn
