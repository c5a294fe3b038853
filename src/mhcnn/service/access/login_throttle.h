#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>

namespace mhcnn {

/// Limits of wrong logins.
struct ThrottleLimits {
  int max_per_name = 5;      ///< wrong logins at once for one name; then one a minute
  int max_per_address = 20;  ///< the same for one address; then one in ten seconds
  std::chrono::seconds name_pause{60}, address_pause{10};  ///< time until one more is accepted
  std::size_t max_remembered = 10'000;  ///< largest number of names and of addresses in memory

  /// Throws Error(kUsage) that names the field which is below its smallest value.
  void Check() const;
};

/// Slows down the guessing of passwords: wrong logins are counted for each name and each address
/// (IPv6: each /64), in memory. A count falls by one after each pause, so that passwords of one
/// name can be guessed at most 65 times in an hour. Thread-safe.
class LoginThrottle {
 public:
  /// Function that returns the current time.
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// Starts without counts.
  explicit LoginThrottle(ThrottleLimits limits = {}, Clock clock = std::chrono::steady_clock::now);

  /// Counts a login that begins, as if it were wrong. Returns 0 where the login may continue. Else
  /// returns how long to wait before the next one, and this one is not counted.
  std::chrono::seconds Begin(const std::string& name, const std::string& address);
  /// Records that the login was right: its name has no count then, its address one less.
  void Succeeded(const std::string& name, const std::string& address);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  /// Entry of a key: the time when its count will be 0. Each wrong login moves it by a pause.
  struct Entry {
    TimePoint clear{};
    std::list<std::string>::iterator place;
  };
  struct Table {
    std::map<std::string, Entry> entries;
    std::list<std::string> order;  ///< keys, the least recently used first
  };

  TimePoint& Clear(Table& table, const std::string& key);

  ThrottleLimits limits_;
  Clock clock_;
  std::mutex mutex_;
  Table names_, addresses_;
};

}  // namespace mhcnn
