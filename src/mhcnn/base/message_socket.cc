#include "mhcnn/base/message_socket.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

constexpr std::uint32_t kMagic = 0x314e484du;  // "MHN1"

/// Beginning of a message; then come the lengths of the arrays, the text and the arrays.
struct Header {
  std::uint32_t magic = kMagic;
  std::uint32_t error = 0;   ///< 0, or 1 + the ErrorCode
  std::uint64_t text = 0;    ///< bytes
  std::uint64_t arrays = 0;  ///< number of them
};

[[noreturn]] void FailLost(const std::string& what) {
  throw Error(ErrorCode::kIo, "the connection to the other program is lost: " + what);
}

void SendBytes(int socket, const void* data, std::size_t size) {
  const auto* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const auto sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) FailLost(std::strerror(errno));
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

/// Returns how many bytes came before the other end closed.
std::size_t ReceiveBytes(int socket, void* data, std::size_t size) {
  auto* bytes = static_cast<char*>(data);
  std::size_t got = 0;
  while (got < size) {
    const auto count = ::recv(socket, bytes + got, size - got, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != ECONNRESET) FailLost(std::strerror(errno));
    if (count <= 0) break;
    got += static_cast<std::size_t>(count);
  }
  return got;
}

void ReceiveAll(int socket, void* data, std::size_t size) {
  if (ReceiveBytes(socket, data, size) != size) FailLost("it ended in the middle of a message");
}

}  // namespace

Message ToErrorMessage(const std::exception& thrown) {
  const std::string text = thrown.what();
  const auto* known = dynamic_cast<const Error*>(&thrown);
  return {.text = FirstLine(text), .error = known ? known->code() : ErrorCode::kInternal};
}

void SendMessage(int socket, const Message& message) {
  std::vector<std::uint64_t> lengths;
  std::size_t bytes = message.text.size();
  for (const auto& array : message.arrays) {
    lengths.push_back(array.size());
    bytes += array.size() * sizeof(float) + sizeof(std::uint64_t);
  }
  if (bytes > kMaxMessageBytes) throw Error(ErrorCode::kLimit, "a message is larger than 1 GiB");
  const Header header{.error = message.error ? 1 + static_cast<std::uint32_t>(*message.error) : 0,
                      .text = message.text.size(),
                      .arrays = message.arrays.size()};
  SendBytes(socket, &header, sizeof(header));
  SendBytes(socket, lengths.data(), lengths.size() * sizeof(std::uint64_t));
  SendBytes(socket, message.text.data(), message.text.size());
  for (const auto& array : message.arrays)
    SendBytes(socket, array.data(), array.size() * sizeof(float));
}

std::optional<Message> ReceiveMessage(int socket) {
  Header header;
  const std::size_t got = ReceiveBytes(socket, &header, sizeof(header));
  if (got == 0) return std::nullopt;
  if (got != sizeof(header)) FailLost("it ended in the middle of a message");
  constexpr std::uint64_t kMost = kMaxMessageBytes;
  const auto fail = [] { throw Error(ErrorCode::kCorrupt, "the other program sent no message"); };
  if (header.magic != kMagic || header.text > kMost || header.arrays > kMost / 8 ||
      header.error > 1 + static_cast<std::uint32_t>(ErrorCode::kInternal)) {
    fail();
  }
  std::vector<std::uint64_t> lengths(header.arrays);
  ReceiveAll(socket, lengths.data(), lengths.size() * sizeof(std::uint64_t));
  std::uint64_t bytes = header.text + header.arrays * sizeof(std::uint64_t);
  for (const auto length : lengths) {
    if (length > kMost / sizeof(float)) fail();
    bytes += length * sizeof(float);
    if (bytes > kMost) fail();
  }
  Message message{.text = std::string(header.text, '\0'), .arrays = {}};
  if (header.error > 0) message.error = static_cast<ErrorCode>(header.error - 1);
  ReceiveAll(socket, message.text.data(), message.text.size());
  for (const auto length : lengths) {
    auto& array = message.arrays.emplace_back(length);
    ReceiveAll(socket, array.data(), length * sizeof(float));
  }
  return message;
}

}  // namespace mhcnn
