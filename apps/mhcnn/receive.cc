#include <memory>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/log.h"
#include "mhcnn/service/process_heartbeat.h"
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
  hooks.sends_heartbeat = true;
  hooks.listening = [](int) { SignalReady(); };
  hooks.reload = [&path]() -> std::optional<ServiceConfig> {
    try {
      return ReadServiceConfig(path);
    } catch (const Error& e) {
      spdlog::error("{}: the configuration was not changed", e.what());
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
                         "run only the DICOM port of a node: receive DICOM objects; it reads the "
                         "configuration again on SIGHUP");
  command->add_option("--config", *path, kConfigHelp)->required();
  command->callback([path, &status] { status = Receive(*path); });
}

void AddWatch(CLI::App& app, int& status) {
  AddNodePart(app, status, "watch",
              "run only the watched folders of a node: store the files that arrive there",
              [](const ServiceConfig& config) {
                const ProcessHeartbeatThread presence(config, "watch");
                return RunWatch(config, SignalReady);
              });
}

}  // namespace mhcnn::cli
