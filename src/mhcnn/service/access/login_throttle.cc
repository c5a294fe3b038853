#include "mhcnn/service/access/login_throttle.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "mhcnn/base/option_check.h"
#include "mhcnn/base/sha256.h"

namespace mhcnn {
namespace {

using std::chrono::seconds;

/// Returns the key of an address: a client with one IPv6 address usually has 2^64 of them.
std::string MakeAddressKey(const std::string& address) {
  std::array<std::uint8_t, 16> bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return address;
  return std::string(bytes.begin(), bytes.begin() + 8);
}

}  // namespace

void ThrottleLimits::Check() const {
  CheckAtLeast("max_per_name", max_per_name, 1);
  CheckAtLeast("max_per_address", max_per_address, 1);
  CheckAtLeast("name_pause", static_cast<double>(name_pause.count()), 1);
  CheckAtLeast("address_pause", static_cast<double>(address_pause.count()), 1);
  CheckAtLeast("max_remembered", static_cast<double>(max_remembered), 1);
}

LoginThrottle::LoginThrottle(ThrottleLimits limits, Clock clock)
    : limits_(Checked(limits)), clock_(std::move(clock)) {}

LoginThrottle::TimePoint& LoginThrottle::Clear(Table& table, const std::string& key) {
  auto found = table.entries.find(key);
  if (found == table.entries.end()) {
    if (table.entries.size() >= limits_.max_remembered) {
      table.entries.erase(table.order.front());
      table.order.pop_front();
    }
    found = table.entries.emplace(key, Entry{}).first;
  } else {
    table.order.erase(found->second.place);
  }
  found->second.place = table.order.insert(table.order.end(), key);
  return found->second.clear;
}

seconds LoginThrottle::Begin(const std::string& name, const std::string& address) {
  const std::lock_guard lock(mutex_);
  const TimePoint now = clock_();
  // The keys are digests: names may be as long as a request may be.
  TimePoint& of_name = Clear(names_, Sha256Hex(name));
  TimePoint& of_address = Clear(addresses_, MakeAddressKey(address));
  const auto next = [&](TimePoint clear, int most, seconds pause) {
    return std::max(clear, now) + pause - most * pause;
  };
  const TimePoint allowed =
      std::max(next(of_name, limits_.max_per_name, limits_.name_pause),
               next(of_address, limits_.max_per_address, limits_.address_pause));
  if (allowed > now) return std::chrono::ceil<seconds>(allowed - now);
  of_name = std::max(of_name, now) + limits_.name_pause;
  of_address = std::max(of_address, now) + limits_.address_pause;
  return seconds(0);
}

void LoginThrottle::Succeeded(const std::string& name, const std::string& address) {
  const std::lock_guard lock(mutex_);
  Clear(names_, Sha256Hex(name)) = {};
  Clear(addresses_, MakeAddressKey(address)) -= limits_.address_pause;
}

}  // namespace mhcnn
