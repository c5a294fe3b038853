#include "command.h"
#include "mhcnn/service/maintenance.h"
#include "mhcnn/service/part_presence.h"
#include "node_command.h"

namespace mhcnn::cli {

void AddMaintain(CLI::App& app, int& status) {
  AddNodePart(app, status, "maintain",
              "remove what a node need not keep any longer, and export its audit events",
              [](const ServiceConfig& config) {
                const PartPresenceThread presence(config, "maintain");
                return RunMaintenance(config);
              });
}

}  // namespace mhcnn::cli
