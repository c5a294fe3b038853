#pragma once

#include <spdlog/spdlog.h>

namespace mhcnn {

/// Log lines go to standard error ("warning: …"); standard output is for results. `verbosity`: -1
/// errors only, 0 warnings, 1 what is being done, 2 all.
void InitLogging(int verbosity);

}  // namespace mhcnn
