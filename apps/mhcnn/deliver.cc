#include <fmt/format.h>

#include <memory>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/service/deliver/deliverer.h"
#include "mhcnn/service/deliver/sender.h"
#include "node_command.h"

namespace mhcnn::cli {
namespace {

struct Arguments {
  bool check = false, once = false;
};

SendOutcome CheckOne(const DestinationConfig& destination) {
  try {
    return Sender::Create(destination)->Check();
  } catch (const Error& e) {
    return {SendResult::kPermanent, e.what()};
  }
}

int CheckDestinations(const ServiceConfig& config) {
  if (config.destinations.empty()) {
    fmt::print("no [[destination]] is configured: results stay in the store\n");
  }
  bool all = true;
  for (const auto& destination : config.destinations) {
    const SendOutcome outcome = CheckOne(destination);
    const bool good = outcome.result == SendResult::kStored;
    all = all && good;
    fmt::print("{}: {}: {}\n", ToDisplayText(destination.name), good ? "ok" : "FAILED",
               outcome.text);
    std::fflush(stdout);
  }
  return all ? kSuccess : kSomeFailed;
}

}  // namespace

void AddDeliver(CLI::App& app, int& status) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command =
      AddNodePart(app, status, "deliver", "send the results of a node's store to its destinations",
                  [a](const ServiceConfig& config) {
                    if (a->check) return CheckDestinations(config);
                    DelivererOptions options;
                    options.once = a->once;
                    options.sends_heartbeat = !a->once;
                    return RunDeliverer(config, options);
                  });
  CLI::Option* check = command->add_flag(
      "--check", a->check,
      "only test whether each destination answers and accepts the results; send nothing");
  command->add_flag("--once", a->once, "send the results that are due now, then exit")
      ->excludes(check);
}

}  // namespace mhcnn::cli
