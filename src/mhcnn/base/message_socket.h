#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mhcnn/base/error.h"

namespace mhcnn {

/// What two programs of one machine say to each other: text, and arrays of floats.
struct Message {
  std::string text{};                        ///< of an error, what is wrong
  std::optional<ErrorCode> error{};          ///< the message is an error of this kind
  std::vector<std::vector<float>> arrays{};  ///< values, in the byte order of the machine
};

/// Returns the message of an exception: its code, or kInternal, and the first line of its text.
Message ErrorMessage(const std::exception& thrown);

/// Largest size of a message.
inline constexpr std::size_t kMaxMessageBytes = std::size_t{1} << 30;

/// Sends a message over a connected stream socket. Throws Error(kIo) if the other end is gone, and
/// Error(kLimit) for a message above kMaxMessageBytes.
void SendMessage(int socket, const Message& message);

/// Waits for a message. Returns nothing if the other end closed the socket before the message
/// began. Throws Error(kIo) if it closed within the message, and Error(kCorrupt) for bytes that are
/// no message or one above kMaxMessageBytes.
std::optional<Message> ReceiveMessage(int socket);

}  // namespace mhcnn
