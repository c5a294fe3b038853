#pragma once

#include <functional>
#include <memory>
#include <string>

#include "mhcnn/service/access/role.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/web/http_message.h"
#include "mhcnn/service/web/thread_stores.h"

namespace mhcnn {

/// Who asks.
struct Identity {
  std::string name;           ///< of the person or the token; "anonymous" where nobody is asked
  Role role = Role::kSender;  ///< what they may do
  bool by_cookie = false;  ///< the browser says so by itself, so that unsafe requests need `csrf`
  std::string csrf;        ///< what X-CSRF-Token has to be; "" without `by_cookie`
};

/// What was done with the data of a patient.
enum class AccessAction {
  kRead,    ///< seen or downloaded
  kChange,  ///< corrected, measured again, cancelled
};

/// Decides who may do what at the HTTP port, and writes it down. Thread-safe; all functions may
/// wait for the store, so that they are for worker threads (HttpThread::kWorker).
class Access {
 public:
  /// Both must outlive it. Throws what reading `web.token_file` throws.
  Access(const ServiceConfig& config, ThreadStores& stores);
  ~Access();
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

  /// Returns who asks. Throws HttpError: 401 where that cannot be told, and 403 where the role does
  /// not permit what asks for `least`, or for an unsafe request by cookie without the right
  /// X-CSRF-Token. Refusals are audited.
  Identity Require(const HttpRequest& request, Role least) const;
  /// Returns who asks, of any role. Throws as Require.
  Identity RequireAny(const HttpRequest& request) const;

  /// Returns whether a request that Require() let through would be let through now. This is no use
  /// of the session, and a refusal is not audited. Throws what the store throws.
  bool GoesOn(const HttpRequest& request, Role least) const;

  /// Returns Require() as the guard of a route. Where the route is one of an exam
  /// (/api/v1/exams/NUMBER and below), the view or change is written into the audit trail too.
  std::function<void(const HttpRequest& request)> Guard(Role least) const;
  /// Returns RequireAny() as the guard of a route.
  std::function<void(const HttpRequest& request)> GuardAny() const;

  /// Writes into the audit trail that somebody saw or changed the data of a study (PS3.15 event
  /// 110103). Guards call it for routes of an exam, but not for the small pictures of lists; others
  /// are to call it themselves. Views of a
  /// study by one person within a minute are one event. `text` says what was changed, without
  /// patients' data. A store that fails is logged.
  void RecordAccess(const Identity& identity, const HttpRequest& request,
                    const std::string& study_uid, const std::string& patient_id,
                    AccessAction action = AccessAction::kRead, const std::string& text = {}) const;

 private:
  void RecordExam(const Identity& identity, const HttpRequest& request) const;

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mhcnn
