#include "command.h"
#include "mhcnn/service/maintenance.h"
#include "mhcnn/service/process_heartbeat.h"
#include "node_command.h"

namespace mhcnn::cli {

void AddMaintain(CLI::App& app, int& status) {
  AddNodePart(app, status, "maintain",
              "remove data that a node no longer has to keep, and export its audit events",
              [](const ServiceConfig& config) {
                const ProcessHeartbeatThread presence(config, "maintain");
                return RunMaintenance(config);
              });
}

}  // namespace mhcnn::cli
