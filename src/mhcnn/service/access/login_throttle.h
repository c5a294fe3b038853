#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>

namespace mhcnn {

/// How many wrong logins are taken.
struct ThrottleLimits {
  int max_per_name = 5;      ///< at once for one name; then one a minute
  int max_per_address = 20;  ///< at once from one address; then one in ten seconds
  std::chrono::seconds name_pause{60}, address_pause{10};  ///< until one more is taken
  std::size_t max_remembered = 10'000;  ///< largest number of names and of addresses in memory

  /// Throws Error(kUsage) that names the field which is below its smallest value.
  void Check() const;
};

/// Slows down who guesses passwords: wrong logins are counted for each name and for each address
/// (IPv6: each /64), in memory. A count falls by one after each pause, so that a name can be
/// guessed at most 65 times in an hour. Thread-safe.
class LoginThrottle {
 public:
  /// What says how late it is.
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// Nothing is counted yet.
  explicit LoginThrottle(ThrottleLimits limits = {}, Clock clock = std::chrono::steady_clock::now);

  /// Counts a login that begins, as if it were wrong. Returns how long to wait before the next one;
  /// 0 where this one may go on, in which case it is counted.
  std::chrono::seconds Begin(const std::string& name, const std::string& address);
  /// The login was right: its name begins anew, and the address gets its count back.
  void Succeeded(const std::string& name, const std::string& address);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  /// When a key will be without a count: each wrong login moves it by a pause.
  struct Entry {
    TimePoint clear{};
    std::list<std::string>::iterator place;
  };
  struct Table {
    std::map<std::string, Entry> entries;
    std::list<std::string> order;  ///< the one that was used longest ago first
  };

  TimePoint& Clear(Table& table, const std::string& key);

  ThrottleLimits limits_;
  Clock clock_;
  std::mutex mutex_;
  Table names_, addresses_;
};

}  // namespace mhcnn
