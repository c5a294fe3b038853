#pragma once

namespace mhcnn {

/// Runs `mhcnn-train network`, which `mhcnn predict --device cuda` starts: it runs the network of a
/// checkpoint for the program at the other end of the socket on standard input. Returns the exit
/// status.
int RunNetwork(int argc, char** argv);

}  // namespace mhcnn
