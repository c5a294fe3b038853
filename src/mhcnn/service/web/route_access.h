#pragma once

#include <functional>
#include <string>

#include "mhcnn/jobs/role.h"
#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Checks whether the client may do what a route does; throws HttpError.
using HttpGuard = std::function<void(const HttpRequest& request)>;

/// Access control of routes. The functions may be called from any thread.
struct RouteAccess {
  std::function<HttpGuard(Role least)> guard_for;  ///< returns the guard of a role
  /// Returns the name of the client, for the audit; may be empty, or return "".
  std::function<std::string(const HttpRequest& request)> who;
  /// Audits that the client views a study; may be empty.
  std::function<void(const HttpRequest& request, const std::string& study_uid,
                     const std::string& patient_id)>
      viewed;

  /// Returns whether the client may still make this request: the session or token is valid. It does
  /// not count as a use of the session. May be empty.
  std::function<bool(const HttpRequest& request)> goes_on;

  /// Returns the guard of a role; an empty one, for everybody, where there is no `guard_for`.
  HttpGuard GuardFor(Role least) const { return guard_for ? guard_for(least) : HttpGuard(); }
  /// Returns the name of the client: of the account, else of its certificate, else "".
  std::string Who(const HttpRequest& request) const {
    const std::string name = who ? who(request) : std::string();
    return name.empty() ? request.client : name;
  }
};

}  // namespace mhcnn
