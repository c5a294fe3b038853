#pragma once

#include <chrono>
#include <map>
#include <string>

namespace mhcnn {

/// Limits the requests of each address to a number in a minute, at once or one after the other.
/// For one thread.
class RateLimiter {
 public:
  /// Time of a request.
  using Time = std::chrono::steady_clock::time_point;

  /// Sets the limit. `per_minute`: requests of an address in a minute; 0: no limit.
  explicit RateLimiter(int per_minute) : per_minute_(per_minute) {}

  /// Counts a request. Returns 0 s where it may be answered, else the time until the next may be.
  std::chrono::seconds Take(const std::string& address, Time now);

 private:
  /// Number of requests that an address might still make at a time. It grows with time.
  struct Rest {
    double requests = 0;
    Time at{};
  };
  double Grown(const Rest& rest, Time now) const;

  int per_minute_;
  std::map<std::string, Rest> rests_;
};

}  // namespace mhcnn
