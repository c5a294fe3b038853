#pragma once

#include <chrono>

namespace mhcnn {

/// From now on the first SIGINT, SIGTERM or SIGHUP only sets a flag, and a second SIGINT or SIGTERM
/// ends the process at once. A SIGHUP that is ignored (nohup) stays so.
void CatchInterrupts();
/// Returns whether one of these signals has arrived since the program started.
bool Interrupted();
/// Throws Error(kInterrupted) once the flag is set; long loops call it between steps.
void ThrowIfInterrupted();
/// Waits for this time, or until the flag is set.
void SleepUnlessInterrupted(std::chrono::milliseconds time);

}  // namespace mhcnn
