#pragma once

#include <nlohmann/json_fwd.hpp>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// Returns the configuration for people to look at, by the keys of docs/node.md. Passwords, tokens
/// and what stands for a user in an address are not in it; of files that hold secrets it says only
/// whether they are set.
nlohmann::json NodeSettings(const ServiceConfig& config);

}  // namespace mhcnn
