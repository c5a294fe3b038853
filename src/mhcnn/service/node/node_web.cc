#include "mhcnn/service/node/node_web.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/text.h"
#include "mhcnn/service/api/api_routes.h"
#include "mhcnn/service/api/uploads.h"
#include "mhcnn/service/audit.h"
#include "mhcnn/service/readiness.h"
#include "mhcnn/service/web/bearer_token.h"
#include "mhcnn/service/web/health.h"
#include "mhcnn/service/web/http_server.h"
#include "mhcnn/service/web/node_metrics.h"
#include "mhcnn/service/web/stow.h"

namespace mhcnn {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kBetweenAlerts{10};

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
  options.tls = config.tls;
  return options;
}

/// Lets clients with the token in. Others are audited, not more often than each ten seconds: who
/// guesses tokens must not fill the trail.
class TokenGuard {
 public:
  TokenGuard(const ServiceConfig& config, ThreadStores& stores) : config_(config), stores_(stores) {
    if (!config.web.token_file.empty()) token_ = BearerToken(config.web.token_file);
  }

  void Check(const HttpRequest& request) {
    if (!token_.Carries(request)) Alert(request);
    token_.Require(request);
  }

 private:
  void Alert(const HttpRequest& request) {
    {
      const std::lock_guard lock(mutex_);
      ++refused_;
      if (Clock::now() < next_) return;
      next_ = Clock::now() + kBetweenAlerts;
    }
    spdlog::warn("web: a request from {} carries no valid token", request.address);
    if (!config_.audit.enabled) return;
    AuditEntry entry;
    entry.event = AuditEvent::kSecurityAlert;
    entry.success = false;
    entry.peer = request.client;
    entry.address = request.address;
    entry.text = "a request without a valid token was refused; so far " +
                 std::to_string(refused_.load()) + " since the start";
    Record(stores_.Mine(), entry, config_.name);
  }

  const ServiceConfig& config_;
  ThreadStores& stores_;
  BearerToken token_;
  std::mutex mutex_;
  std::atomic<long> refused_{0};
  Clock::time_point next_{};
};

}  // namespace

int RunWeb(const ServiceConfig& config, const std::filesystem::path& model) {
  const ObjectFolder folder(config.objects);
  ThreadStores stores(config.store);
  stores.Mine().Ping();  // a wrong store ends the start, not the first request
  NodeMetrics metrics;
  TokenGuard guard(config, stores);
  const auto checked = [&guard](const HttpRequest& request) { guard.Check(request); };
  const auto store = [&stores]() -> JobStore& { return stores.Mine(); };

  Router router;
  router.Add({"GET", "/health/live", HttpThread::kLoop, {}, Answering([](const HttpRequest&) {
                return LiveResponse();
              })});
  router.Add({"GET", "/health/ready", HttpThread::kWorker, {}, Answering([&](const HttpRequest&) {
                return ReadyResponse(store, folder, config, model);
              })});
  router.Add({"GET", "/metrics", HttpThread::kWorker, checked, Answering([&](const HttpRequest&) {
                HttpResponse response;
                response.content_type = "text/plain; version=0.0.4; charset=utf-8";
                response.body = metrics.Text(store, folder);
                return response;
              })});
  const BodyIntakeParts intake{config, folder, stores,
                               [&metrics](bool safe) { metrics.CountObject(safe); }};
  RouteAccess access;
  access.guard_for = [checked](Role) { return checked; };
  const HttpHandler stow = StowHandler(intake);
  for (const char* path : {"/dicom-web/studies", "/dicom-web/studies/{study}"}) {
    router.Add({"POST", path, HttpThread::kWorker, checked, stow});
  }
  AddApiRoutes(router, {config, folder, stores, [checked](Role) { return checked; }, model});
  AddUploadRoutes(router, {intake, access});

  HttpServer server(ToOptions(config.web), router, [&metrics](const HttpRecord& record) {
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
