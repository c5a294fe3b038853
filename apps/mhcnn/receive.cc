#include <memory>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/log.h"
#include "mhcnn/service/part_presence.h"
#include "mhcnn/service/readiness.h"
#include "mhcnn/service/receive/receiver.h"
#include "mhcnn/service/receive/watch_folder.h"
#include "node_command.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

int Receive(const fs::path& path) {
  const ServiceConfig config = BeginNodePart(path, "receive");
  ReceiverHooks hooks;
  hooks.tells_presence = true;
  hooks.listening = [](int) { SignalReady(); };
  hooks.reload = [&path]() -> std::optional<ServiceConfig> {
    try {
      return ReadServiceConfig(path);
    } catch (const Error& e) {
      spdlog::error("{}: the configuration stays as it was", e.what());
      return std::nullopt;
    }
  };
  return RunReceiver(config, hooks);
}

}  // namespace

void AddReceive(CLI::App& app, int& status) {
  auto path = std::make_shared<fs::path>();
  CLI::App* command =
      app.add_subcommand("receive",
                         "receive DICOM objects for a node: the DICOM port alone; SIGHUP reads the "
                         "configuration again");
  command->add_option("--config", *path, kConfigHelp)->required();
  command->callback([path, &status] { status = Receive(*path); });
}

void AddWatch(CLI::App& app, int& status) {
  AddNodePart(app, status, "watch", "take in the files of a node's watched folders: these alone",
              [](const ServiceConfig& config) {
                const PartPresenceThread presence(config, "watch");
                return RunWatch(config, SignalReady);
              });
}

}  // namespace mhcnn::cli
