#pragma once

#include <sys/socket.h>

#include <string>

namespace mhcnn {

/// Listens on a numeric address and a port; 0 chooses a free port. `::` accepts connections by IPv6
/// and IPv4, `0.0.0.0` by IPv4 alone. Returns the descriptor, which does not block and does not
/// outlive exec. Throws Error kUsage for any other text, and kIo where the system refuses.
int OpenListeningSocket(const std::string& address, int port);

/// Returns the port of a socket.
int FindSocketPort(int fd);

/// Returns the numeric address of a peer; an IPv4 address mapped into IPv6 is written as IPv4.
std::string PeerAddress(const sockaddr_storage& peer);

/// Returns address and port as one text, such as `127.0.0.1:104` or `[::1]:104`.
std::string AddressAndPort(const std::string& address, int port);

}  // namespace mhcnn
