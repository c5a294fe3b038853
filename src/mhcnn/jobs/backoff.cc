#include "mhcnn/jobs/backoff.h"

#include <algorithm>
#include <random>

namespace mhcnn {

std::chrono::milliseconds Backoff(int failures, std::chrono::milliseconds first,
                                  std::chrono::milliseconds longest) {
  std::chrono::milliseconds delay = first;
  for (int i = 1; i < failures && delay < longest; ++i) delay *= 2;
  delay = std::min(delay, longest);
  static thread_local std::mt19937_64 random{std::random_device{}()};
  return delay + std::chrono::milliseconds(
                     std::uniform_int_distribution<std::int64_t>(0, delay.count() / 4)(random));
}

}  // namespace mhcnn
