#pragma once

#include <chrono>
#include <list>
#include <map>
#include <mutex>
#include <string>

#include "mhcnn/service/access/access.h"
#include "mhcnn/service/audit.h"

namespace mhcnn {

/// Writes the audit events of the HTTP port. Somebody who guesses tokens or names cannot fill the
/// trail or the log: refusals beyond a number in ten seconds are counted, and the count is written
/// with the next one. Thread-safe. A failure of the store is logged and not thrown.
class AccessAudit {
 public:
  /// Function that returns the current time.
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// Keeps `config` and `stores`, which must outlive it.
  AccessAudit(const ServiceConfig& config, ThreadStores& stores,
              Clock clock = std::chrono::steady_clock::now);

  /// Records that a request without a valid identity was refused (110113, node authentication).
  void RefusedPeer(const HttpRequest& request, const std::string& address, const std::string& why);
  /// Records a request for what the role does not permit (110113, restricted function).
  void RefusedFunction(const Identity& identity, const std::string& address,
                       const std::string& why);
  /// Records that a login succeeded or failed (110114). `why` is "" for a success.
  void Login(const std::string& name, const std::string& address, const std::string& why);
  /// Records that a session was ended by its owner (110114).
  void Logout(const std::string& name, const std::string& address);
  /// Records that a person changed an account (110113, user security attributes).
  void Changed(const std::string& name, const std::string& address, const std::string& what);
  /// Records that data of a study was seen or changed (110103).
  void Accessed(const Identity& identity, const std::string& address, const std::string& study_uid,
                const std::string& patient_id, AccessAction action, const std::string& text);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  /// Limit of the events of one kind in ten seconds, with their counts.
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
  std::list<std::string> order_;  ///< keys of `views_`, the oldest first
};

}  // namespace mhcnn
