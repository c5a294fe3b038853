#include "node_command.h"

#include <memory>

#include "mhcnn/service/node_log.h"

namespace mhcnn::cli {

ServiceConfig BeginNodePart(const std::filesystem::path& config, const std::string& part) {
  ServiceConfig read = ReadServiceConfig(config);
  InitNodeLogging(part, read.log_level);
  return read;
}

CLI::App* AddNodePart(CLI::App& app, int& status, const std::string& name,
                      const std::string& description,
                      std::function<int(const ServiceConfig&)> run) {
  auto config = std::make_shared<std::filesystem::path>();
  CLI::App* command = app.add_subcommand(name, description);
  command->add_option("--config", *config, kConfigHelp)->required();
  command->callback([config, name, &status, run = std::move(run)] {
    status = run(BeginNodePart(*config, name));
  });
  return command;
}

}  // namespace mhcnn::cli
