#include "command.h"
#include "mhcnn/service/maintenance.h"
#include "node_command.h"

namespace mhcnn::cli {

void AddMaintain(CLI::App& app, int& status) {
  AddNodePart(app, status, "maintain",
              "remove what a node need not keep any longer, and export its audit events",
              RunMaintenance);
}

}  // namespace mhcnn::cli
