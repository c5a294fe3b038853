#include "mhcnn/service/node/web_routes.h"

#include <string>

#include "mhcnn/service/access/session_routes.h"
#include "mhcnn/service/api/analyze.h"
#include "mhcnn/service/api/api_routes.h"
#include "mhcnn/service/api/correction_routes.h"
#include "mhcnn/service/api/uploads.h"
#include "mhcnn/service/dicomweb/dicomweb_routes.h"
#include "mhcnn/service/readiness.h"
#include "mhcnn/service/web/health.h"
#include "mhcnn/service/web/pages.h"
#include "mhcnn/service/web/stow.h"

namespace mhcnn {
namespace {

RouteAccess ToRouteAccess(const Access& access) {
  RouteAccess routes;
  routes.guard_for = [&access](Role least) { return access.Guard(least); };
  routes.who = [&access](const HttpRequest& request) { return access.RequireAny(request).name; };
  routes.viewed = [&access](const HttpRequest& request, const std::string& study_uid,
                            const std::string& patient_id) {
    access.RecordAccess(access.RequireAny(request), request, study_uid, patient_id);
  };
  routes.goes_on = [&access](const HttpRequest& request) {
    return access.IsStillPermitted(request, Role::kViewer);
  };
  return routes;
}

/// Adds the routes for monitoring the node.
void AddWatchRoutes(Router& router, const WebRoutesContext& parts) {
  const auto store = [&stores = parts.stores]() -> JobStore& { return stores.Mine(); };
  router.Add({"GET", "/health/live", HttpThread::kLoop, {}, MakeHandler([](const HttpRequest&) {
                return LiveResponse();
              })});
  router.Add({"GET",
              "/health/ready",
              HttpThread::kWorker,
              {},
              MakeHandler([parts, store](const HttpRequest&) {
                return ReadyResponse(store, parts.folder, parts.config, parts.model);
              })});
  router.Add({"GET", "/metrics", HttpThread::kWorker, parts.access.GuardAny(),
              MakeHandler([parts, store](const HttpRequest&) {
                HttpResponse response;
                response.content_type = "text/plain; version=0.0.4; charset=utf-8";
                response.body = parts.metrics.Text(store, parts.folder);
                return response;
              })});
}

}  // namespace

struct WebRoutes::State {
  State(Router& router, const ApiContext& parts) : api(router, parts) {}
  ApiRoutes api;
};

WebRoutes::WebRoutes(Router& router, const WebRoutesContext& parts) {
  const RouteAccess access = ToRouteAccess(parts.access);
  AddWatchRoutes(router, parts);
  const BodyIntakeContext intake{
      parts.config, parts.folder, parts.stores,
      [&metrics = parts.metrics](bool safe) { metrics.CountObject(safe); }};
  const HttpHandler stow =
      StowHandler(intake, [access](const HttpRequest& request) { return access.Who(request); });
  for (const char* path : {"/dicom-web/studies", "/dicom-web/studies/{study}"}) {
    router.Add({"POST", path, HttpThread::kWorker, access.GuardFor(Role::kSender), stow});
  }
  AddPageRoutes(router);
  state_ = std::make_unique<State>(
      router, ApiContext{parts.config, parts.folder, parts.stores, parts.model, access});
  AddCorrectionRoutes(router, {parts.config, parts.stores, access});
  AddSessionRoutes(router, {parts.config, parts.stores, parts.access});
  AddUploadRoutes(router, {intake, access});
  AddAnalyzeRoutes(router, {parts.config, parts.model, access});
  AddDicomWebRoutes(router, {parts.folder, parts.stores, access});
}

WebRoutes::~WebRoutes() = default;

}  // namespace mhcnn
