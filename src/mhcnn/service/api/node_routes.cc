#include "mhcnn/service/api/node_routes.h"

#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "mhcnn/analyze/calibration.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/version.h"
#include "mhcnn/jobs/schema.h"
#include "mhcnn/jobs/utc_time.h"
#include "mhcnn/results/results_table.h"
#include "mhcnn/results/statements.h"
#include "mhcnn/service/api/exam_json.h"
#include "mhcnn/service/api/node_settings.h"
#include "mhcnn/service/api/openapi_file.h"
#include "mhcnn/service/process_heartbeat.h"
#include "mhcnn/service/web/json_response.h"

namespace mhcnn {
namespace {

using nlohmann::json;

json PartsJson(JobStore& store) {
  const StoreTime now = store.Now();
  json all = json::array();
  for (const NodeProcess& part : store.parts().All()) {
    all.push_back({{"node", part.node},
                   {"host", part.host},
                   {"part", part.part},
                   {"pid", part.pid},
                   {"version", part.version},
                   {"started", ToUtcText(part.started)},
                   {"seen", ToUtcText(part.seen)},
                   {"alive", now - part.seen <= kHeartbeatTimeout}});
  }
  return all;
}

HttpResponse Status(const ApiContext& parts, NodeCounts& counts) {
  JobStore& store = parts.stores.Mine();
  const json queues = counts.Read(store);
  const ServiceConfig& config = parts.config;
  return JsonResponse({{"node", {{"name", config.name}, {"version", Version()}}},
                       {"parts", PartsJson(store)},
                       {"queues", queues},
                       {"disk",
                        {{"free", parts.folder.Free()},
                         {"reserve", config.retention.reserve_bytes},
                         {"bytes", queues.at("bytes")},
                         {"quota", config.retention.max_bytes}}},
                       {"store",
                        {{"kind", config.store.url.substr(0, config.store.url.find(':'))},
                         {"schema", Migrations().back().version}}}});
}

/// Card of the model. It is read once: a node that gets another model is started again.
class ModelInfo {
 public:
  explicit ModelInfo(const ApiContext& parts) : parts_(parts) {}

  HttpResponse Answer() {
    if (parts_.model.empty()) throw HttpError(404, "this machine of the node has no model");
    const std::lock_guard lock(mutex_);
    if (!info_) info_ = Read();
    return JsonResponse(*info_);
  }

 private:
  json Read() const {
    const ModelCard card = ReadModelCard(parts_.model);
    const auto& file = parts_.config.work.calibration;
    const Calibration calibration =
        file.empty() ? CalibrationFromJson(card.calibration) : ReadCalibration(file);
    return {{"model", ModelSummary(card, calibration)},
            {"limits",
             {{"max_object_bytes", parts_.config.receive.max_object_bytes},
              {"max_body_bytes", parts_.config.web.max_body_bytes}}},
            {"notice", kResearchOnly}};
  }

  ApiContext parts_;
  std::mutex mutex_;
  std::optional<json> info_;
};

}  // namespace

void AddNodeRoutes(Router& router, const ApiContext& parts, NodeCounts& counts) {
  const HttpGuard administrator = parts.access.GuardFor(Role::kAdministrator);
  router.Add({"GET", "/api/v1/status", HttpThread::kWorker, administrator,
              MakeHandler([parts, &counts](const HttpRequest&) { return Status(parts, counts); })});
  router.Add({"GET", "/api/v1/settings", HttpThread::kWorker, administrator,
              MakeHandler([parts](const HttpRequest&) {
                return JsonResponse(NodeSettingsToJson(parts.config));
              })});
  const auto model = std::make_shared<ModelInfo>(parts);
  router.Add({"GET", "/api/v1/model", HttpThread::kWorker, parts.access.GuardFor(Role::kViewer),
              MakeHandler([model](const HttpRequest&) { return model->Answer(); })});
  router.Add(
      {"GET", "/api/v1/openapi.json", HttpThread::kLoop, {}, MakeHandler([](const HttpRequest&) {
         HttpResponse response;
         response.content_type = "application/json";
         response.body = std::string(OpenApiFile());
         return response;
       })});
}

}  // namespace mhcnn
