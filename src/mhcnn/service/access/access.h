#pragma once

#include <functional>
#include <memory>
#include <string>

#include "mhcnn/service/access/role.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/web/http_message.h"
#include "mhcnn/service/web/thread_stores.h"

namespace mhcnn {

/// Identity of the person or program that sends a request.
struct Identity {
  std::string name;           ///< person or token; "anonymous" if the node asks for none
  Role role = Role::kSender;  ///< role, which decides what is permitted
  bool by_cookie = false;     ///< whether the browser adds it: unsafe requests need `csrf`
  std::string csrf;           ///< required X-CSRF-Token; "" without `by_cookie`
};

/// Kind of access to the data of a patient.
enum class AccessAction {
  kRead,    ///< seen or downloaded
  kChange,  ///< corrected, measured again, cancelled
};

/// Decides who may do what at the HTTP port, and audits it. Thread-safe. All functions may wait for
/// the store, so they are for worker threads (HttpThread::kWorker).
class Access {
 public:
  /// Keeps both, which must outlive it. Throws what reading `web.token_file` throws.
  Access(const ServiceConfig& config, ThreadStores& stores);
  ~Access();
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

  /// Returns the identity of the client. Throws HttpError: 401 where it is unknown, and 403 where
  /// the role does not permit what needs `least`, or for an unsafe request by cookie without the
  /// right X-CSRF-Token. Refusals are audited.
  Identity Require(const HttpRequest& request, Role least) const;
  /// Returns the identity of the client, of any role. Throws as Require.
  Identity RequireAny(const HttpRequest& request) const;

  /// Returns whether a request that Require() permitted would still be permitted. This does not
  /// count as a use of the session, and a refusal is not audited. Throws what the store throws.
  bool IsStillPermitted(const HttpRequest& request, Role least) const;

  /// Returns Require() as the guard of a route. Where the route is one of an exam
  /// (/api/v1/exams/NUMBER and below), the view or change is written into the audit trail too.
  std::function<void(const HttpRequest& request)> Guard(Role least) const;
  /// Returns RequireAny() as the guard of a route.
  std::function<void(const HttpRequest& request)> GuardAny() const;

  /// Writes into the audit trail that somebody saw or changed the data of a study (PS3.15 event
  /// 110103). Guards call it for routes of an exam, but not for the small pictures of lists; other
  /// routes must call it. Views of a
  /// study by one person within a minute are one event. `text` states what was changed, without
  /// patients' data. A failure of the store is logged.
  void RecordAccess(const Identity& identity, const HttpRequest& request,
                    const std::string& study_uid, const std::string& patient_id,
                    AccessAction action = AccessAction::kRead, const std::string& text = {}) const;

 private:
  void RecordExam(const Identity& identity, const HttpRequest& request) const;

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mhcnn
