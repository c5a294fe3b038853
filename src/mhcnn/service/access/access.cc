#include "mhcnn/service/access/access.h"

#include "mhcnn/service/access/access_audit.h"
#include "mhcnn/service/web/bearer_token.h"

namespace mhcnn {

struct Access::Parts {
  Parts(const ServiceConfig& service_config, ThreadStores& thread_stores)
      : config(service_config), stores(thread_stores), audit(service_config, thread_stores) {
    if (!config.web.token_file.empty()) token = BearerToken(config.web.token_file);
  }
  const ServiceConfig& config;
  ThreadStores& stores;
  BearerToken token;
  AccessAudit audit;
};

Access::Access(const ServiceConfig& config, ThreadStores& stores)
    : parts_(std::make_unique<Parts>(config, stores)) {}
Access::~Access() = default;

Identity Access::RequireAny(const HttpRequest& request) const {
  if (!parts_->token.Carries(request)) {
    parts_->audit.RefusedPeer(request, request.address, "it carries no valid token");
    parts_->token.Require(request);
  }
  if (!parts_->config.web.token_file.empty()) return {"token file", Role::kSender, false, {}};
  return {"anonymous", Role::kAdministrator, false, {}};
}

Identity Access::Require(const HttpRequest& request, Role least) const {
  Identity identity = RequireAny(request);
  if (Permits(identity.role, least)) return identity;
  parts_->audit.RefusedFunction(identity, request.address,
                                std::string("it needs the role ") + RoleName(least));
  throw HttpError(403, std::string("this needs the role ") + RoleName(least));
}

std::function<void(const HttpRequest&)> Access::Guard(Role least) const {
  return [this, least](const HttpRequest& request) { Require(request, least); };
}

std::function<void(const HttpRequest&)> Access::GuardAny() const {
  return [this](const HttpRequest& request) { RequireAny(request); };
}

void Access::RecordAccess(const Identity& identity, const HttpRequest& request,
                          const std::string& study_uid, const std::string& patient_id,
                          AccessAction action, const std::string& text) const {
  parts_->audit.Accessed(identity, request.address, study_uid, patient_id, action, text);
}

}  // namespace mhcnn
