#pragma once

#include <string>
#include <vector>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// A process of a node: its name in logs, and its command line after `mhcnn`.
struct ProcessSpec {
  std::string name;                    ///< name in logs
  std::vector<std::string> arguments;  ///< arguments after the program's name
  /// Whether it reads its configuration again at SIGHUP; others are started again.
  bool reloads = false;
};

/// Returns the processes that a configuration asks for: `receive`, `watch`, `web`, `work` for each
/// worker, `deliver`, `maintain`.
std::vector<ProcessSpec> ListNodeProcesses(const ServiceConfig& config,
                                           const std::filesystem::path& path);

}  // namespace mhcnn
