#include <filesystem>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/service/node/node_web.h"
#include "mhcnn/service/process_heartbeat.h"
#include "model_path.h"
#include "node_command.h"

namespace mhcnn::cli {
namespace {

/// Returns the path of the model. Without it the port opens too, and the node is not ready.
std::filesystem::path ResolveModel(const WorkConfig& work) {
  if (!work.enabled) return {};
  try {
    return ResolveModelPath(work.model);
  } catch (const Error&) {
    return work.model;
  }
}

}  // namespace

void AddWeb(CLI::App& app, int& status) {
  AddNodePart(app, status, "web",
              "run only the HTTP port of a node: STOW-RS, API, health and metrics",
              [](const ServiceConfig& config) {
                const ProcessHeartbeatThread presence(config, "web");
                return RunWeb(config, ResolveModel(config.work));
              });
}

}  // namespace mhcnn::cli
