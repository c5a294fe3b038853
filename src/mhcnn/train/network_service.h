#pragma once

#include <c10/core/Device.h>

#include "mhcnn/model/checkpoint.h"
#include "mhcnn/train/forward.h"

namespace mhcnn {

/// Where and how a network runs for another program.
struct NetworkServiceOptions {
  c10::Device device = c10::kCPU;  ///< the processor or a CUDA device
  bool bf16 = false;               ///< mixed precision in place of fp32
};

/// Runs the network of a checkpoint for the program at the other end of a socket
/// (base/message_socket.h), until that end closes it. The first message says in its text what runs
/// the network, and has one array: rows and columns of its input. Each message received has one
/// array for each picture: rows x columns values in the range of the network's input. The answer
/// has four arrays for each picture, empty if the network lacks the head: probabilities of the
/// masks (masks x rows x columns), percent density (0 to 100), probabilities of a to d, and
/// features. A picture of another size, or memory that does not suffice, is answered by an error.
/// Throws Error(kIo) if the other end is lost.
void ServeNetwork(const Checkpoint& checkpoint, const NetworkServiceOptions& options, int socket);

}  // namespace mhcnn
