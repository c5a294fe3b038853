#pragma once

#include <filesystem>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// Runs the HTTP door of a node until SIGTERM: STOW-RS at /dicom-web/studies, /health/live,
/// /health/ready and /metrics. Logs "listening on ADDRESS:PORT". `model` is the file whose absence
/// makes the node not ready; empty: none is looked at. Returns the exit status. Throws Error for a
/// port that is taken and for files that cannot be used.
int RunWeb(const ServiceConfig& config, const std::filesystem::path& model = {});

}  // namespace mhcnn
