#include "mhcnn/service/process_specs.h"

namespace mhcnn {

std::vector<ProcessSpec> ListNodeProcesses(const ServiceConfig& config,
                                           const std::filesystem::path& path) {
  const std::string file = std::filesystem::absolute(path).string();
  std::vector<ProcessSpec> parts;
  const auto add = [&](const std::string& name, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--config", file});
    parts.push_back({name, std::move(arguments), name == "receive"});
  };
  if (config.receive.enabled) add("receive", {"receive"});
  if (!config.watch.folders.empty()) add("watch", {"watch"});
  if (config.web.enabled) add("web", {"web"});
  for (int i = 1; config.work.enabled && i <= config.work.workers; ++i)
    add("work" + std::to_string(i), {"work", "--number", std::to_string(i)});
  if (!config.destinations.empty()) add("deliver", {"deliver"});
  add("maintain", {"maintain"});
  return parts;
}

}  // namespace mhcnn
