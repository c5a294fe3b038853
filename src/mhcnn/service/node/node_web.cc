#include "mhcnn/service/node/node_web.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <string>
#include <utility>

#include "mhcnn/base/interrupt.h"
#include "mhcnn/service/access/access.h"
#include "mhcnn/service/access/origin_check.h"
#include "mhcnn/service/access/session_routes.h"
#include "mhcnn/service/api/analyze.h"
#include "mhcnn/service/api/api_routes.h"
#include "mhcnn/service/api/correction_routes.h"
#include "mhcnn/service/api/uploads.h"
#include "mhcnn/service/dicomweb/dicomweb_routes.h"
#include "mhcnn/service/readiness.h"
#include "mhcnn/service/web/health.h"
#include "mhcnn/service/web/http_server.h"
#include "mhcnn/service/web/node_metrics.h"
#include "mhcnn/service/web/pages.h"
#include "mhcnn/service/web/stow.h"

namespace mhcnn {
namespace {

HttpServerOptions ToOptions(const WebConfig& config) {
  HttpServerOptions options;
  options.address = config.address;
  options.port = config.port;
  options.allow = config.allow;
  options.max_connections = config.max_connections;
  options.max_connections_per_peer = config.max_connections_per_peer;
  options.header_timeout = config.header_timeout;
  options.body_timeout = config.body_timeout;
  options.idle_timeout = config.idle_timeout;
  options.max_body_bytes = config.max_body_bytes;
  options.max_requests_per_minute = config.max_requests_per_minute;
  // Images that are measured, or wait for it, take no threads from others.
  if (config.analyze) options.workers += config.analyze_at_once + kWaitingAnalyses;
  options.tls = config.tls;
  return options;
}

}  // namespace

int RunWeb(const ServiceConfig& config, const std::filesystem::path& model) {
  const ObjectFolder folder(config.objects);
  ThreadStores stores(config.store);
  stores.Mine().Ping();  // a wrong store ends the start, not the first request
  NodeMetrics metrics;
  const Access access(config, stores);
  const OriginCheck origin(config.web.address, config.web.access.host_names);
  const auto store = [&stores]() -> JobStore& { return stores.Mine(); };

  Router router;
  router.Add({"GET", "/health/live", HttpThread::kLoop, {}, Answering([](const HttpRequest&) {
                return LiveResponse();
              })});
  router.Add({"GET", "/health/ready", HttpThread::kWorker, {}, Answering([&](const HttpRequest&) {
                return ReadyResponse(store, folder, config, model);
              })});
  router.Add({"GET", "/metrics", HttpThread::kWorker, access.GuardAny(),
              Answering([&](const HttpRequest&) {
                HttpResponse response;
                response.content_type = "text/plain; version=0.0.4; charset=utf-8";
                response.body = metrics.Text(store, folder);
                return response;
              })});
  const BodyIntakeParts intake{config, folder, stores,
                               [&metrics](bool safe) { metrics.CountObject(safe); }};
  RouteAccess route_access;
  route_access.guard_for = [&access](Role least) { return access.Guard(least); };
  route_access.who = [&access](const HttpRequest& request) {
    return access.RequireAny(request).name;
  };
  route_access.viewed = [&access](const HttpRequest& request, const std::string& study_uid,
                                  const std::string& patient_id) {
    access.RecordAccess(access.RequireAny(request), request, study_uid, patient_id);
  };
  const HttpHandler stow = StowHandler(intake);
  for (const char* path : {"/dicom-web/studies", "/dicom-web/studies/{study}"}) {
    router.Add({"POST", path, HttpThread::kWorker, access.Guard(Role::kSender), stow});
  }
  AddPageRoutes(router);
  const ApiRoutes api(router, {config, folder, stores, model, route_access});
  AddCorrectionRoutes(router, {config, stores, route_access});
  AddSessionRoutes(router, {config, stores, access});
  AddUploadRoutes(router, {intake, route_access});
  AddAnalyzeRoutes(router, {config, model, route_access});
  AddDicomWebRoutes(router, {folder, stores, route_access});

  HttpServerOptions options = ToOptions(config.web);
  options.gate = origin;
  HttpServer server(std::move(options), router, [&metrics](const HttpRecord& record) {
    metrics.Observe(record);
    spdlog::info("web: {} {} {} {} {} ms", record.address, record.method,
                 record.pattern.empty() ? "-" : record.pattern, record.status,
                 std::chrono::duration_cast<std::chrono::milliseconds>(record.duration).count());
  });
  spdlog::info("listening on {}:{}", config.web.address, server.port());
  SignalReady();
  server.Run([] { return Interrupted(); });
  spdlog::info("web: stopped");
  return 0;
}

}  // namespace mhcnn
