#pragma once

#include <filesystem>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// Runs the HTTP port of a node, with all routes of WebRoutes, until SIGTERM or SIGINT arrives.
/// Logs "listening on ADDRESS:PORT". `model` is the file without which the node is not ready;
/// empty: no file is checked. Returns the exit status. Throws Error for a port that is in use and
/// for files that cannot be used.
int RunWeb(const ServiceConfig& config, const std::filesystem::path& model = {});

}  // namespace mhcnn
