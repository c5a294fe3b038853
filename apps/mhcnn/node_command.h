#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>

#include "mhcnn/service/config.h"

namespace mhcnn::cli {

/// Help text of --config.
constexpr auto kConfigHelp = "configuration of the node, a TOML file (docs/node.md)";

/// Reads the configuration and begins to log as this part of the node.
ServiceConfig BeginNodePart(const std::filesystem::path& config, const std::string& part);

/// Adds a command that runs one part of a node: its option --config, then `run`, which returns the
/// exit status.
CLI::App* AddNodePart(CLI::App& app, int& status, const std::string& name,
                      const std::string& description, std::function<int(const ServiceConfig&)> run);

}  // namespace mhcnn::cli
