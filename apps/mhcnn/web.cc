#include <filesystem>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/service/node/node_web.h"
#include "mhcnn/service/part_presence.h"
#include "model_path.h"
#include "node_command.h"

namespace mhcnn::cli {
namespace {

/// Without a model the door opens all the same; the node is not ready then.
std::filesystem::path ModelOf(const WorkConfig& work) {
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
                const PartPresenceThread presence(config, "web");
                return RunWeb(config, ModelOf(config.work));
              });
}

}  // namespace mhcnn::cli
