#pragma once

#include <c10/core/Device.h>

#include "mhcnn/model/checkpoint.h"
#include "mhcnn/train/forward.h"

namespace mhcnn {

/// Options of a network that runs for another program.
struct NetworkServiceOptions {
  c10::Device device = c10::kCPU;  ///< the processor or a CUDA device
  bool bf16 = false;               ///< mixed precision in place of fp32
};

/// Runs the network of a checkpoint for the program at the other end of a socket
/// (base/message_socket.h), until that end closes it. The text of the first message states what
/// runs the network; its array has rows and columns of the input. Each message received has one
/// array for each image: rows x columns values in the range of the network's input. The answer has
/// four arrays for each image, empty if the network does not have the head: probabilities of the
/// masks (masks x rows x columns), percent density (0 to 100), probabilities of a to d, and
/// features. An image of another size, or memory that does not suffice, is answered by an error.
/// Throws Error(kIo) if the other end is lost.
void ServeNetwork(const Checkpoint& checkpoint, const NetworkServiceOptions& options, int socket);

}  // namespace mhcnn
