#include "mhcnn/service/access/access.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/base/text.h"
#include "mhcnn/jobs/anonymous.h"
#include "mhcnn/jobs/secret.h"
#include "mhcnn/service/access/access_audit.h"
#include "mhcnn/service/access/cookies.h"
#include "mhcnn/service/access/origin_check.h"
#include "mhcnn/service/access/request_client.h"
#include "mhcnn/service/web/bearer_token.h"
#include "mhcnn/service/web/router.h"

namespace mhcnn {
namespace {

constexpr std::size_t kLongestName = 256;

[[noreturn]] void Unknown(const std::string& why) {
  throw HttpError(401, why, {{"WWW-Authenticate", "Bearer realm=\"mhcnn\""}});
}

/// Returns the highest role that the words of a proxy give: words of roles, and groups of the
/// configuration.
std::optional<Role> FindRole(const std::string& words, const AccessConfig& config) {
  std::optional<Role> role;
  std::size_t begin = 0;
  while (begin <= words.size()) {
    const auto comma = std::min(words.find(',', begin), words.size());
    const std::string word = Trim(words.substr(begin, comma - begin));
    begin = comma + 1;
    for (std::size_t i = 0; i < config.role_groups.size(); ++i) {
      const auto& groups = config.role_groups[i];
      const bool named = word == RoleName(static_cast<Role>(i)) ||
                         (!word.empty() && std::ranges::find(groups, word) != groups.end());
      if (named) role = std::max(role, std::optional(static_cast<Role>(i)));
    }
  }
  return role;
}

}  // namespace

struct Access::Parts {
  Parts(const ServiceConfig& service_config, ThreadStores& thread_stores)
      : config(service_config),
        stores(thread_stores),
        audit(service_config, thread_stores),
        limits{config.web.access.session_limit, config.web.access.session_idle} {
    if (!config.web.token_file.empty()) token = BearerToken(config.web.token_file);
  }

  Identity Find(const HttpRequest& request, const RequestClient& client,
                SessionAccess use = SessionAccess::kRequest);
  Identity IdentifyBySession(const HttpRequest& request, const RequestClient& client,
                             SessionAccess use);
  Identity IdentifyByProxy(const HttpRequest& request, const RequestClient& client);
  [[noreturn]] void Refuse(const HttpRequest& request, const RequestClient& client,
                           const std::string& why) {
    audit.RefusedPeer(request, client.address, why);
    Unknown(why);
  }

  const ServiceConfig& config;
  ThreadStores& stores;
  AccessAudit audit;
  SessionLimits limits;
  BearerToken token;
  /// Key of this process, from which the CSRF tokens of a proxy's users are made.
  std::string key = MakeSecret();
};

Identity Access::Parts::IdentifyBySession(const HttpRequest& request, const RequestClient& client,
                                          SessionAccess use) {
  const auto cookie = FindCookie(request.Field("cookie"), SessionCookieName(client.encrypted));
  if (!cookie) Unknown("log in, or send a token");
  const auto session = stores.Mine().accounts().FindSession(*cookie, limits, use);
  if (!session) Unknown("the session has ended; log in again");
  return {session->user.name, session->user.role, true, session->csrf};
}

Identity Access::Parts::IdentifyByProxy(const HttpRequest& request, const RequestClient& client) {
  const AccessConfig& access = config.web.access;
  const std::string name = FindSingleField(request, access.user_field);
  if (!client.by_proxy) {
    Refuse(request, client,
           name.empty() ? "it does not come from a trusted proxy"
                        : "it names a user and comes from no trusted proxy");
  }
  if (name.empty()) Unknown("the proxy names no user");
  if (name.size() > kLongestName || ToDisplayText(name) != name) {
    throw HttpError(400, "the proxy sends a user name with characters that are not allowed");
  }
  Identity identity{name, Role::kViewer, true, SecretDigest(key + SecretDigest(name))};
  const auto role = FindRole(FindSingleField(request, access.role_field), access);
  if (!role) {
    audit.RefusedFunction(identity, client.address, "the proxy sends no known role");
    throw HttpError(403, "the proxy gives you no role at this node");
  }
  identity.role = *role;
  return identity;
}

Identity Access::Parts::Find(const HttpRequest& request, const RequestClient& client,
                             SessionAccess use) {
  const WebAccess mode = config.web.access.mode;
  const bool asks_nobody = mode == WebAccess::kOpen && config.web.token_file.empty();
  if (asks_nobody) return {kAnonymous, Role::kAdministrator, false, {}};
  const std::string bearer = ReadBearerToken(request);
  if (!bearer.empty()) {
    if (!config.web.token_file.empty() && token.Carries(request)) {
      return {"token file", Role::kSender, false, {}};
    }
    const bool own = bearer.starts_with(kTokenPrefix);
    const auto found = own ? stores.Mine().accounts().FindToken(bearer) : std::nullopt;
    if (found) return {found->name, found->role, false, {}};
    // A proxy may pass on the token of its own service.
    if (own && use == SessionAccess::kPeek) Unknown("it carries no valid token");
    if (own || mode != WebAccess::kProxy || !client.by_proxy) {
      Refuse(request, client, "it carries no valid token");
    }
  }
  if (mode == WebAccess::kOpen) Refuse(request, client, "it carries no valid token");
  return mode == WebAccess::kAccounts ? IdentifyBySession(request, client, use)
                                      : IdentifyByProxy(request, client);
}

Access::Access(const ServiceConfig& config, ThreadStores& stores)
    : parts_(std::make_unique<Parts>(config, stores)) {}
Access::~Access() = default;

Identity Access::RequireAny(const HttpRequest& request) const {
  const RequestClient client = FindRequestClient(request, parts_->config.web.access);
  Identity identity = parts_->Find(request, client);
  const bool forged = identity.by_cookie && IsUnsafe(request.method) &&
                      !AreEqualSecrets(request.Field("x-csrf-token"), identity.csrf);
  if (forged) {
    parts_->audit.RefusedFunction(identity, client.address, "its X-CSRF-Token is wrong");
    throw HttpError(403, "the field X-CSRF-Token does not belong to the session");
  }
  return identity;
}

Identity Access::Require(const HttpRequest& request, Role least) const {
  Identity identity = RequireAny(request);
  if (RolePermits(identity.role, least)) return identity;
  const std::string why = std::string("this needs the role ") + RoleName(least);
  parts_->audit.RefusedFunction(identity,
                                FindRequestClient(request, parts_->config.web.access).address,
                                why + ": " + request.method);
  throw HttpError(403, why);
}

bool Access::IsStillPermitted(const HttpRequest& request, Role least) const {
  try {
    const RequestClient client = FindRequestClient(request, parts_->config.web.access);
    return RolePermits(parts_->Find(request, client, SessionAccess::kPeek).role, least);
  } catch (const HttpError&) {
    return false;
  }
}

std::function<void(const HttpRequest&)> Access::Guard(Role least) const {
  return
      [this, least](const HttpRequest& request) { RecordExam(Require(request, least), request); };
}

std::function<void(const HttpRequest&)> Access::GuardAny() const {
  return [this](const HttpRequest& request) { RequireAny(request); };
}

void Access::RecordExam(const Identity& identity, const HttpRequest& request) const {
  const std::vector<std::string> path = PathSegments(request.path);
  if (path.size() < 4 || path[0] != "api" || path[1] != "v1" || path[2] != "exams") return;
  const bool number = !path[3].empty() && path[3].size() < 19 &&
                      path[3].find_first_not_of("0123456789") == std::string::npos;
  if (!number) return;
  // The small pictures of lists are not audited: nobody reads anything from them.
  if (path.size() == 6 && path[4] == "pictures" && path[5].ends_with("-small.jpg")) return;
  const auto exam = parts_->stores.Mine().exams().Find(std::stoll(path[3]));
  if (!exam) return;
  if (!IsUnsafe(request.method)) {
    RecordAccess(identity, request, exam->study_uid, exam->patient_id);
    return;
  }
  // A correction is audited by its route, with its content.
  if (path.size() > 4 && path[4] == "corrections") return;
  // The text is the request, as "POST retry"; its result is in the history of the exam.
  RecordAccess(identity, request, exam->study_uid, exam->patient_id, AccessAction::kChange,
               request.method + (path.size() > 4 ? " " + path[4] : ""));
}

void Access::RecordAccess(const Identity& identity, const HttpRequest& request,
                          const std::string& study_uid, const std::string& patient_id,
                          AccessAction action, const std::string& text) const {
  std::string address = request.address;
  try {
    address = FindRequestClient(request, parts_->config.web.access).address;
  } catch (const HttpError&) {  // Require() has read the fields of a proxy before
  }
  parts_->audit.Accessed(identity, address, study_uid, patient_id, action, text);
}

}  // namespace mhcnn
