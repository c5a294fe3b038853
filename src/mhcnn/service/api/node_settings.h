#pragma once

#include <nlohmann/json_fwd.hpp>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// Returns the configuration for display, by the keys of docs/node.md. Passwords, tokens and the
/// user part of an address are not in it; for files that contain secrets it has only whether they
/// are set.
nlohmann::json NodeSettingsToJson(const ServiceConfig& config);

}  // namespace mhcnn
