#pragma once

namespace mhcnn {

/// Name of the environment variable by which a supervisor gives its parts a pipe.
inline constexpr const char* kReadyPipe = "MHCNN_READY_FD";

/// Tells the supervisor that this part does its work now: the port is open, the model is loaded.
/// Does nothing without a supervisor, and the second time.
void SignalReady();

}  // namespace mhcnn
