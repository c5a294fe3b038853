#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/batch/measurement_settings.h"
#include "mhcnn/service/object_folder.h"
#include "mhcnn/service/process_specs.h"
#include "mhcnn/service/supervisor.h"
#include "model_path.h"
#include "node_command.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

std::string Address(const DestinationConfig& to) {
  if (to.kind == DestinationConfig::Kind::kFolder) return to.folder.string();
  return to.kind == DestinationConfig::Kind::kDicom
             ? fmt::format("{}@{}:{}", to.called_ae, to.host, to.port)
             : to.url;
}

/// Tries everything that the node needs at its start, and prints the results.
int Check(const fs::path& path) {
  const ServiceConfig config = ReadServiceConfig(path);
  const ObjectFolder folder(config.objects);
  JobStore store(config.store);
  store.Ping();
  const MeasurementSettings settings{
      ResolveModelPath(config.work.model), "CPU", config.work.calibration, {}};
  const Analyzer analyzer = MakeAnalyzer(settings, 1);
  fmt::print("node      {}\n", config.name);
  fmt::print("objects   {}, {} GB free\n", folder.root().string(), folder.Free() >> 30);
  fmt::print("store     {}\n", config.store.url);
  fmt::print("model     {}\n", analyzer.ModelName());
  if (config.receive.enabled) {
    fmt::print("receive   {} at {}:{}{}{}\n", config.receive.ae_title, config.receive.address,
               config.receive.port, config.receive.tls.on() ? ", TLS" : "",
               config.receive.allow.empty() ? ", from every address (receive.allow is empty)" : "");
  }
  if (config.web.enabled) {
    fmt::print("web       {}:{}{}, access {}{}\n", config.web.address, config.web.port,
               config.web.tls.on() ? ", TLS" : "", WebAccessName(config.web.access.mode),
               config.web.token_file.empty() ? "" : ", with a token of senders");
    if (config.web.access.mode == WebAccess::kAccounts && store.accounts().Users().empty())
      fmt::print("          no user yet; mhcnn users add makes one\n");
  }
  for (const auto& watched : config.watch.folders) fmt::print("watch     {}\n", watched.string());
  for (const auto& to : config.destinations) {
    fmt::print("send to   {}: {} {} ({})\n", to.name, DestinationKindName(to.kind), Address(to),
               fmt::join(ResultFormatNames(to.formats), ", "));
  }
  std::vector<std::string> parts;
  for (const auto& part : ListNodeProcesses(config, path)) parts.push_back(part.name);
  fmt::print("parts     {}\n", fmt::join(parts, ", "));
  fmt::print("The configuration is valid.\n");
  return kSuccess;
}

}  // namespace

void AddServe(CLI::App& app, int& status) {
  auto config = std::make_shared<fs::path>();
  auto check = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand(
      "serve", "run a node for a PACS: receive mammograms, analyse each exam, send the results");
  command->add_option("--config", *config, kConfigHelp)->required();
  command->add_flag("--check", *check,
                    "check the configuration, the store, the folder and the model, print what the "
                    "node would do, and exit");
  command->callback([config, check, &status] {
    if (*check) {
      status = Check(*config);
      return;
    }
    const ServiceConfig read = BeginNodePart(*config, "serve");
    status = RunSupervisor(read, {*config, fs::read_symlink("/proc/self/exe").string()});
  });
}

}  // namespace mhcnn::cli
