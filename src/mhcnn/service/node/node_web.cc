#include "mhcnn/service/node/node_web.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <string>
#include <utility>

#include "mhcnn/base/interrupt.h"
#include "mhcnn/service/access/access.h"
#include "mhcnn/service/access/origin_check.h"
#include "mhcnn/service/access/request_client.h"
#include "mhcnn/service/api/analyze.h"
#include "mhcnn/service/node/web_routes.h"
#include "mhcnn/service/readiness.h"
#include "mhcnn/service/web/http_server.h"
#include "mhcnn/service/web/node_metrics.h"

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
  // Images that are measured, or wait for it, have threads of their own.
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
  Router router;
  const WebRoutes routes(router, {config, folder, stores, model, access, metrics});

  HttpServerOptions options = ToOptions(config.web);
  options.gate = origin;
  options.proxies = config.web.access.trusted_proxies;
  options.client_address = [&config](const HttpRequest& request) {
    return FindRequestClient(request, config.web.access).address;
  };
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
