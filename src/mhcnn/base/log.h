#pragma once

#include <spdlog/spdlog.h>

#include <string>

namespace mhcnn {

/// Sends log lines to standard error ("warning: …"); standard output is for results. `verbosity`:
/// -1 errors only, 0 warnings, 1 the steps of the work, 2 all.
void InitLogging(int verbosity);

/// Warns, once in the process for each name, that an option or key has a new name and that the old
/// one is read in this release only.
void WarnRenamed(const std::string& old_name, const std::string& new_name);

}  // namespace mhcnn
