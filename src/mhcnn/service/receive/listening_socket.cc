#include "mhcnn/service/receive/listening_socket.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

/// Address in the form of the system.
struct SystemAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SystemAddress ParseAddress(const std::string& text, int port) {
  SystemAddress address;
  auto& four = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& six = reinterpret_cast<sockaddr_in6&>(address.storage);
  const std::uint16_t network_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = network_port;
    address.size = sizeof four;
    return address;
  }
  if (::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1) {
    six.sin6_family = AF_INET6;
    six.sin6_port = network_port;
    address.size = sizeof six;
    return address;
  }
  throw Error(ErrorCode::kUsage, "is not a numeric address", ToDisplayText(text),
              "set receive.address to one: 0.0.0.0 is every interface by IPv4, :: by IPv6 and "
              "IPv4");
}

}  // namespace

std::string AddressAndPort(const std::string& address, int port) {
  const bool six = address.find(':') != std::string::npos;
  return six ? fmt::format("[{}]:{}", address, port) : fmt::format("{}:{}", address, port);
}

int OpenListeningSocket(const std::string& address, int port) {
  const SystemAddress own = ParseAddress(address, port);
  const auto fail = [&](const char* what, int code) {
    throw Error(ErrorCode::kIo, std::string(what) + ": " + std::strerror(code),
                AddressAndPort(address, port),
                code == EADDRINUSE
                    ? "another program uses this port: set receive.port to another port"
                    : "look at receive.address and receive.port");
  };
  const int family = own.storage.ss_family;
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) fail("no socket", errno);
  const int on = 1, off = 0;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Set in any case: the system's default (net.ipv6.bindv6only) may differ.
  if (family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(fd, own.get(), own.size) != 0 || ::listen(fd, SOMAXCONN) != 0) {
    const int code = errno;
    ::close(fd);
    fail("cannot be listened on", code);
  }
  return fd;
}

int FindSocketPort(int fd) {
  SystemAddress own;
  own.size = sizeof own.storage;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&own.storage), &own.size);
  const auto port = own.storage.ss_family == AF_INET6
                        ? reinterpret_cast<const sockaddr_in6&>(own.storage).sin6_port
                        : reinterpret_cast<const sockaddr_in&>(own.storage).sin_port;
  return ntohs(port);
}

std::string PeerAddress(const sockaddr_storage& peer) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (peer.ss_family != AF_INET6) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(peer);
    ::inet_ntop(AF_INET, &four.sin_addr, text.data(), text.size());
    return text.data();
  }
  const in6_addr& six = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    ::inet_ntop(AF_INET, &six.s6_addr[12], text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, &six, text.data(), text.size());
  }
  return text.data();
}

}  // namespace mhcnn
