#pragma once

#include "mhcnn/base/error.h"

namespace mhcnn {

/// Exit statuses of the programs: all done; some or all failed; wrong usage.
inline constexpr int kSuccess = 0, kSomeFailed = 1, kWrongUsage = 2;
/// Exit status after Ctrl-C or SIGTERM, as shells give it for Ctrl-C.
inline constexpr int kStopped = 130;

/// Returns the exit status of a program that ends with this error.
constexpr int ExitStatus(ErrorCode code) {
  if (code == ErrorCode::kInterrupted) return kStopped;
  return code == ErrorCode::kUsage ? kWrongUsage : kSomeFailed;
}

}  // namespace mhcnn
