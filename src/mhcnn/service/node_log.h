#pragma once

#include <string>

namespace mhcnn {

/// Starts the log of a part of a node, to standard error: "2026-11-28T14:02:03.123Z receive[4711]
/// warning: text". `level`: "debug", "info", "warning" or "error". Call it again after a fork().
void InitNodeLogging(const std::string& part, const std::string& level);

}  // namespace mhcnn
