#include <memory>
#include <string>

#include "command.h"
#include "mhcnn/service/process_heartbeat.h"
#include "mhcnn/service/worker.h"
#include "model_path.h"
#include "node_command.h"

namespace mhcnn::cli {

void AddWork(CLI::App& app, int& status) {
  auto number = std::make_shared<int>(1);
  CLI::App* command =
      AddNodePart(app, status, "work",
                  "run only a worker: analyse the exams in the store of a node; a worker can have "
                  "its own machine",
                  [number](const ServiceConfig& config) {
                    const ProcessHeartbeatThread presence(config, "work" + std::to_string(*number));
                    return RunWorker(config, ResolveModelPath(config.work.model), *number);
                  });
  command
      ->add_option("--number", *number,
                   "number of this worker; each worker of a machine needs a different number")
      ->check(CLI::Range(1, 9'999))
      ->capture_default_str();
}

}  // namespace mhcnn::cli
