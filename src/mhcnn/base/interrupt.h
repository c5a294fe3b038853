#pragma once

#include <chrono>

namespace mhcnn {

/// Makes the first SIGINT, SIGTERM or SIGHUP only set a flag, and a second SIGINT or SIGTERM end
/// the process at once. A SIGHUP that is ignored (nohup) stays ignored.
void CatchInterrupts();
/// Returns whether one of these signals has arrived since the program started.
bool Interrupted();
/// Throws Error(kInterrupted) once the flag is set; long loops call it between steps.
void ThrowIfInterrupted();
/// Waits for this time, or until the flag is set.
void SleepUnlessInterrupted(std::chrono::milliseconds time);

}  // namespace mhcnn
