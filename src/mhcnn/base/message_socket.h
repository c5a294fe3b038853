#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mhcnn/base/error.h"

namespace mhcnn {

/// A message between two programs of one machine: text, and arrays of floats.
struct Message {
  std::string text{};                        ///< content, or the problem of an error
  std::optional<ErrorCode> error{};          ///< kind of error, if the message is one
  std::vector<std::vector<float>> arrays{};  ///< values, in the byte order of the machine
};

/// Returns the message of an exception: its code, or kInternal, and the first line of its text.
Message ToErrorMessage(const std::exception& thrown);

/// Largest size of a message.
inline constexpr std::size_t kMaxMessageBytes = std::size_t{1} << 30;

/// Sends a message over a connected stream socket. Throws Error(kIo) if the other end is gone, and
/// Error(kLimit) for a message above kMaxMessageBytes.
void SendMessage(int socket, const Message& message);

/// Waits for a message and returns it; nothing if the other end closed the socket before the
/// message began. Throws Error(kIo) if it closed within the message, and Error(kCorrupt) for bytes
/// that are not a message or for one above kMaxMessageBytes.
std::optional<Message> ReceiveMessage(int socket);

}  // namespace mhcnn
