#include "mhcnn/service/access/session_routes.h"

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <semaphore>
#include <string>
#include <utility>

#include "mhcnn/base/error.h"
#include "mhcnn/base/json.h"
#include "mhcnn/jobs/password.h"
#include "mhcnn/service/access/access_audit.h"
#include "mhcnn/service/access/cookies.h"
#include "mhcnn/service/access/login_throttle.h"
#include "mhcnn/service/access/request_client.h"

namespace mhcnn {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr std::size_t kLongestBody = 8'192;
/// Number of digests at once; each needs 64 MiB and a processor for a tenth of a second.
constexpr std::ptrdiff_t kDigestsAtOnce = 2;

/// Returns the texts of these names in a JSON object. Throws HttpError.
std::pair<std::string, std::string> ReadTexts(const HttpRequest& request, const std::string& body,
                                              const char* first, const char* second) {
  // Another type could come from a form of another site.
  if (ParseMediaType(request.Field("content-type")).type != "application/json") {
    throw HttpError(415, "the body must be application/json");
  }
  const json object = ParseJson(body);
  const auto text = [&](const char* name) {
    if (!object.is_object() || !object.contains(name) || !object[name].is_string()) {
      throw HttpError(400, std::string("the body must contain the text \"") + name + "\"");
    }
    return object[name].get<std::string>();
  };
  return {text(first), text(second)};
}

/// Handlers of the sessions, with their shared parts.
class Sessions {
 public:
  explicit Sessions(const SessionContext& parts)
      : config_(parts.config),
        stores_(parts.stores),
        access_(parts.access),
        audit_(parts.config, parts.stores) {}

  HttpResponse LogIn(const HttpRequest& request, const std::string& body) {
    if (config_.web.access.mode != WebAccess::kAccounts) {
      throw HttpError(404, "this node has no login: its web.access is not \"accounts\"");
    }
    const auto [name, password] = ReadTexts(request, body, "name", "password");
    const RequestClient client = FindRequestClient(request, config_.web.access);
    const User user = Checked(name, password, client);
    // An earlier session must not remain valid together with the new one.
    if (const auto before = Cookie(request, client)) accounts().EndSession(*before);
    HttpResponse response = Begin(user, client);
    audit_.Login(name, client.address, "");
    return response;
  }

  HttpResponse ChangePassword(const HttpRequest& request, const std::string& body) {
    const Identity identity = access_.RequireAny(request);
    const RequestClient client = FindRequestClient(request, config_.web.access);
    if (config_.web.access.mode != WebAccess::kAccounts || !identity.by_cookie) {
      throw HttpError(403, "only a user who logged in with a password can change the password");
    }
    const auto [password, next] = ReadTexts(request, body, "password", "new");
    Checked(identity.name, password, client);
    const auto hold = HoldDigest();
    try {
      accounts().SetPassword(identity.name, next);
    } catch (const Error& e) {
      if (e.code() == ErrorCode::kUsage) throw HttpError(422, e.problem());
      throw;
    }
    audit_.Changed(identity.name, client.address, "changed their own password");
    const auto user = accounts().FindUser(identity.name);
    if (!user) throw HttpError(401, "the account no longer exists");
    return Begin(*user, client);
  }

  HttpResponse LogOut(const HttpRequest& request) {
    const RequestClient client = FindRequestClient(request, config_.web.access);
    HttpResponse response;
    response.status = 204;
    if (config_.web.access.mode != WebAccess::kAccounts) return response;
    response.fields = {{"Set-Cookie", ClearedSessionCookie(client.encrypted)},
                       {"Clear-Site-Data", "\"cache\""}};
    const auto cookie = Cookie(request, client);
    if (!cookie) return response;
    try {
      const Identity identity = access_.RequireAny(request);
      accounts().EndSession(*cookie);
      audit_.Logout(identity.name, client.address);
    } catch (const HttpError& e) {
      if (e.status() != 401) throw;  // the session has ended already
    }
    return response;
  }

  HttpResponse Show(const HttpRequest& request) { return Answer(access_.RequireAny(request)); }

 private:
  using Slots = std::counting_semaphore<kDigestsAtOnce>;
  struct Release {
    void operator()(Slots* slots) const { slots->release(); }
  };

  Accounts& accounts() { return stores_.Mine().accounts(); }

  std::optional<std::string> Cookie(const HttpRequest& request, const RequestClient& client) {
    return FindCookie(request.Field("cookie"), SessionCookieName(client.encrypted));
  }

  std::unique_ptr<Slots, Release> HoldDigest() {
    if (!slots_.try_acquire_for(seconds(5))) {
      throw HttpError(503, "too many logins at once", {{"Retry-After", "5"}});
    }
    return std::unique_ptr<Slots, Release>(&slots_);
  }

  /// Returns the user of a name and password. Throws HttpError 401 and 429.
  User Checked(const std::string& name, const std::string& password, const RequestClient& client) {
    const auto fail = [&](const std::string& why) {
      // A password that was typed in place of the name must not be in the trail.
      audit_.Login(accounts().FindUser(name) ? name : "unknown user", client.address, why);
    };
    const seconds wait = throttle_.Begin(name, client.address);
    if (wait > seconds(0)) {
      fail("too many wrong logins");
      throw HttpError(429, "too many wrong logins; try again later",
                      {{"Retry-After", std::to_string(wait.count())}});
    }
    std::optional<User> user;
    if (password.size() <= kMaxPasswordBytes) {
      const auto hold = HoldDigest();
      user = accounts().CheckLogin(name, password);
    }
    if (!user) {
      fail("the name or the password is wrong");
      throw HttpError(401, "the name or the password is wrong",
                      {{"WWW-Authenticate", "Bearer realm=\"mhcnn\""}});
    }
    throttle_.Succeeded(name, client.address);
    return *user;
  }

  HttpResponse Begin(const User& user, const RequestClient& client) {
    const AccessConfig& access = config_.web.access;
    const auto session = accounts().BeginSession(user, {access.session_limit, access.session_idle});
    if (!session) throw HttpError(401, "the account was changed meanwhile; log in again");
    HttpResponse response = Answer({user.name, user.role, true, session->csrf});
    response.fields.emplace_back(
        "Set-Cookie", SessionCookie(session->value, client.encrypted,
                                    std::chrono::duration_cast<seconds>(access.session_limit)));
    return response;
  }

  HttpResponse Answer(const Identity& identity) {
    HttpResponse response;
    response.content_type = "application/json";
    response.body = json{{"name", identity.name},
                         {"role", RoleName(identity.role)},
                         {"csrf", identity.csrf},
                         {"access", WebAccessName(config_.web.access.mode)}}
                        .dump(-1, ' ', false, json::error_handler_t::replace);
    return response;
  }

  const ServiceConfig& config_;
  ThreadStores& stores_;
  const Access& access_;
  AccessAudit audit_;
  LoginThrottle throttle_;
  Slots slots_{kDigestsAtOnce};
};

}  // namespace

void AddSessionRoutes(Router& router, const SessionContext& parts) {
  const auto sessions = std::make_shared<Sessions>(parts);
  const auto post = [&](const char* path, HttpBodyFunction function) {
    router.Add({"POST",
                path,
                HttpThread::kWorker,
                {},
                MakeBodyHandler(std::move(function), kLongestBody)});
  };
  post("/api/v1/login", [sessions](const HttpRequest& request, const std::string& body) {
    return sessions->LogIn(request, body);
  });
  post("/api/v1/password", [sessions](const HttpRequest& request, const std::string& body) {
    return sessions->ChangePassword(request, body);
  });
  post("/api/v1/logout", [sessions](const HttpRequest& request, const std::string&) {
    return sessions->LogOut(request);
  });
  router.Add(
      {"GET",
       "/api/v1/session",
       HttpThread::kWorker,
       {},
       MakeHandler([sessions](const HttpRequest& request) { return sessions->Show(request); })});
}

}  // namespace mhcnn
