#include <fmt/format.h>

#include <memory>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/deliver/deliverer.h"
#include "mhcnn/service/deliver/sender.h"

namespace mhcnn::cli {
namespace {

struct Arguments {
  std::filesystem::path config;
  bool check = false, once = false;
};

SendOutcome CheckOne(const DestinationConfig& destination) {
  try {
    return Sender::Create(destination)->Check();
  } catch (const Error& e) {
    return {SendResult::kPermanent, e.what()};
  }
}

int Check(const ServiceConfig& config) {
  if (config.destinations.empty()) {
    fmt::print("no [[destination]] is configured: results stay in the store\n");
  }
  bool all = true;
  for (const auto& destination : config.destinations) {
    const SendOutcome outcome = CheckOne(destination);
    const bool good = outcome.result == SendResult::kStored;
    all = all && good;
    fmt::print("{}: {}: {}\n", ShownText(destination.name), good ? "ok" : "FAILED", outcome.text);
    std::fflush(stdout);
  }
  return all ? kSuccess : kSomeFailed;
}

}  // namespace

void AddDeliver(CLI::App& app, int& status) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "deliver",
      "send the results of a node to its destinations (part of mhcnn serve; alone for a farm)");
  command->add_option("--config", a->config, "configuration of the node (TOML)")->required();
  CLI::Option* check = command->add_flag(
      "--check", a->check,
      "only ask each destination whether it answers and takes the results; send none");
  command->add_flag("--once", a->once, "send what is due now, then end")->excludes(check);
  command->callback([a, &status] {
    const ServiceConfig config = ReadServiceConfig(a->config);
    DelivererOptions options;
    options.once = a->once;
    status = a->check ? Check(config) : RunDeliverer(config, options);
  });
}

}  // namespace mhcnn::cli
