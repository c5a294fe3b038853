#pragma once

#include <chrono>
#include <map>
#include <string>

namespace mhcnn {

/// Counts the requests of each address: so many in a minute, all at once or one after the other.
/// For one thread.
class RateLimiter {
 public:
  /// A moment.
  using Time = std::chrono::steady_clock::time_point;

  /// `per_minute`: requests of an address in a minute; 0: no limit.
  explicit RateLimiter(int per_minute) : per_minute_(per_minute) {}

  /// Counts a request. Returns 0 s where it may be answered, else after how long the next one may.
  std::chrono::seconds Take(const std::string& address, Time now);

 private:
  /// Requests that an address may still make, as they were at a moment. They grow with time.
  struct Rest {
    double requests = 0;
    Time at{};
  };
  double Grown(const Rest& rest, Time now) const;

  int per_minute_;
  std::map<std::string, Rest> rests_;
};

}  // namespace mhcnn
