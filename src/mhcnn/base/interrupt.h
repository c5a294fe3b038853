#pragma once

#include <chrono>

namespace mhcnn {

/// From now on the first SIGINT or SIGTERM only sets a flag, and a second one ends the process at
/// once.
void CatchInterrupts();
/// Returns whether Ctrl-C or SIGTERM has arrived since the program started.
bool Interrupted();
/// Throws Error(kInterrupted) once the flag is set; long loops call it between steps.
void ThrowIfInterrupted();
/// Waits for this time, or until the flag is set.
void SleepUnlessInterrupted(std::chrono::milliseconds time);

}  // namespace mhcnn
