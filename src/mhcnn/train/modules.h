#pragma once

#include <set>
#include <string>
#include <vector>

#include "mhcnn/model/network.h"

namespace mhcnn {

/// Returns the modules of these names. Throws Error(kUsage) naming `key` for an unknown one.
std::set<Module> ParseModules(const std::vector<std::string>& names, const std::string& key);

}  // namespace mhcnn
