#include "mhcnn/service/web/health.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <exception>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "mhcnn/base/text.h"

namespace mhcnn {

HttpResponse LiveResponse() {
  HttpResponse response;
  response.content_type = "application/json";
  response.body = R"({"status":"live"})";
  return response;
}

HttpResponse ReadyResponse(const std::function<JobStore&()>& store, const ObjectFolder& folder,
                           const ServiceConfig& config, const std::filesystem::path& model) {
  nlohmann::json checks;
  bool ready = true;
  const auto check = [&](const char* name, const std::function<bool()>& function) {
    bool good = false;
    try {
      good = function();
    } catch (const std::exception& e) {
      spdlog::warn("web: {} is not ready: {}", name, ToDisplayText(e.what()));
    }
    checks[name] = good ? "good" : "bad";
    ready = ready && good;
  };
  check("store", [&] {
    store().Ping();
    return true;
  });
  check("room", [&] { return Intake(store(), folder, config).HasRoom(); });
  if (!model.empty()) check("model", [&] { return ::access(model.c_str(), R_OK) == 0; });
  HttpResponse response;
  response.status = ready ? 200 : 503;
  response.content_type = "application/json";
  response.body =
      nlohmann::json{{"status", ready ? "ready" : "not ready"}, {"checks", checks}}.dump();
  return response;
}

}  // namespace mhcnn
