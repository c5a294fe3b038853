#pragma once

#include <chrono>
#include <list>
#include <map>
#include <mutex>
#include <string>

#include "mhcnn/service/access/access.h"
#include "mhcnn/service/audit.h"

namespace mhcnn {

/// Writes down who did what at the HTTP port. Who guesses tokens or names must not fill the trail
/// or the log: refusals beyond a number in ten seconds are counted, and the count is written with
/// the next. Thread-safe. Throws nothing where the store fails: that is logged.
class AccessAudit {
 public:
  /// What says how late it is.
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// Both must outlive it.
  AccessAudit(const ServiceConfig& config, ThreadStores& stores,
              Clock clock = std::chrono::steady_clock::now);

  /// A request without a valid identity was refused (110113, node authentication).
  void RefusedPeer(const HttpRequest& request, const std::string& address, const std::string& why);
  /// A person or program asked for what its role does not permit (110113, restricted function).
  void RefusedFunction(const Identity& identity, const std::string& address,
                       const std::string& why);
  /// A login succeeded or failed (110114). `why` is "" for a success.
  void Login(const std::string& name, const std::string& address, const std::string& why);
  /// A session was ended by its owner (110114).
  void Logout(const std::string& name, const std::string& address);
  /// A person changed an account (110113, user security attributes).
  void Changed(const std::string& name, const std::string& address, const std::string& what);
  /// Data of a study was seen or changed (110103).
  void Accessed(const Identity& identity, const std::string& address, const std::string& study_uid,
                const std::string& patient_id, AccessAction action, const std::string& text);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  /// How many events of a kind are written in ten seconds.
  struct Limit {
    int most = 1;
    int written = 0;
    long left_out = 0;
    TimePoint begin{};
  };

  bool Takes(Limit& limit, std::string& text);
  bool IsFirstView(const std::string& who_and_what);
  void Write(AuditEntry entry, const std::string& name, const std::string& address);

  const ServiceConfig& config_;
  ThreadStores& stores_;
  Clock clock_;
  std::mutex mutex_;
  Limit peers_{1}, functions_{20}, logins_{50};
  std::map<std::string, TimePoint> views_;
  std::list<std::string> order_;  ///< of `views_`, the oldest first
};

}  // namespace mhcnn
