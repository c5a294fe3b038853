#pragma once

#include <string>

namespace mhcnn {

/// Returns the name of this machine, printable; an empty text if it has none.
std::string HostName();

}  // namespace mhcnn
