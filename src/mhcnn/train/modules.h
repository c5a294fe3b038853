#pragma once

#include <set>
#include <string>
#include <vector>

#include "mhcnn/model/network.h"

namespace mhcnn {

/// Parts of the network by their names; throws Error(kUsage) naming `key` for an unknown one.
std::set<Module> ParseModules(const std::vector<std::string>& names, const std::string& key);

}  // namespace mhcnn
