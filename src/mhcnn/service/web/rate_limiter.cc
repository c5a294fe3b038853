#include "mhcnn/service/web/rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace mhcnn {
namespace {

/// Number of addresses that are kept; addresses with all of their requests left are dropped first.
constexpr std::size_t kMaxAddresses = 10'000;

}  // namespace

double RateLimiter::Grown(const Rest& rest, Time now) const {
  const std::chrono::duration<double> passed = now - rest.at;
  return std::min<double>(per_minute_, rest.requests + passed.count() * per_minute_ / 60);
}

std::chrono::seconds RateLimiter::Take(const std::string& address, Time now) {
  if (per_minute_ <= 0) return {};
  if (rests_.size() >= kMaxAddresses && rests_.find(address) == rests_.end()) {
    std::erase_if(rests_,
                  [&](const auto& entry) { return Grown(entry.second, now) >= per_minute_; });
    if (rests_.size() >= kMaxAddresses) rests_.clear();
  }
  Rest& rest =
      rests_.try_emplace(address, Rest{static_cast<double>(per_minute_), now}).first->second;
  rest = {Grown(rest, now), now};
  if (rest.requests >= 1) {
    rest.requests -= 1;
    return {};
  }
  const double wait = (1 - rest.requests) * 60 / per_minute_;
  return std::chrono::seconds(std::max(1L, std::lround(std::ceil(wait))));
}

}  // namespace mhcnn
