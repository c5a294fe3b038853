#include "mhcnn/service/receive/listening_socket.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "mhcnn/base/file_descriptor.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using testing_support::ThrownCode;

/// Connects to the port; returns the peer's address as the listener sees it, "" where nothing
/// answers.
std::string SeenFrom(const std::string& address, int listener) {
  const bool six = address.find(':') != std::string::npos;
  const auto port = htons(static_cast<std::uint16_t>(FindSocketPort(listener)));
  const FileDescriptor client(::socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = port;
  sockaddr_in6 to_six{};
  to_six.sin6_family = AF_INET6;
  to_six.sin6_port = port;
  ::inet_pton(six ? AF_INET6 : AF_INET, address.c_str(),
              six ? static_cast<void*>(&to_six.sin6_addr) : static_cast<void*>(&to.sin_addr));
  const int status =
      six ? ::connect(client.get(), reinterpret_cast<sockaddr*>(&to_six), sizeof to_six)
          : ::connect(client.get(), reinterpret_cast<sockaddr*>(&to), sizeof to);
  if (status != 0) return "";
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const FileDescriptor server(::accept(listener, reinterpret_cast<sockaddr*>(&from), &size));
  return server.get() < 0 ? "" : PeerAddress(from);
}

TEST(OpenListeningSocket, TakesTheFamilyOfItsAddress) {
  const FileDescriptor four(OpenListeningSocket("127.0.0.1", 0));
  EXPECT_GT(FindSocketPort(four.get()), 0);
  EXPECT_EQ(SeenFrom("127.0.0.1", four.get()), "127.0.0.1");
  EXPECT_EQ(SeenFrom("::1", four.get()), "");
  const FileDescriptor six(OpenListeningSocket("::1", 0));
  EXPECT_EQ(SeenFrom("::1", six.get()), "::1");
  EXPECT_EQ(SeenFrom("127.0.0.1", six.get()), "");
}

TEST(OpenListeningSocket, TakesBothFamiliesOnTheAddressOfAll) {
  const FileDescriptor all(OpenListeningSocket("::", 0));
  EXPECT_EQ(SeenFrom("::1", all.get()), "::1");
  EXPECT_EQ(SeenFrom("127.0.0.1", all.get()), "127.0.0.1") << "as lists of addresses have it";
}

TEST(OpenListeningSocket, SaysWhatIsWrong) {
  EXPECT_EQ(ThrownCode([] { OpenListeningSocket("pacs.example", 0); }), ErrorCode::kUsage);
  EXPECT_EQ(ThrownCode([] { OpenListeningSocket("[::1]", 0); }), ErrorCode::kUsage);
  const FileDescriptor taken(OpenListeningSocket("::1", 0));
  EXPECT_EQ(ThrownCode([&] { OpenListeningSocket("::1", FindSocketPort(taken.get())); }),
            ErrorCode::kIo);
}

TEST(AddressAndPort, PutsIPv6IntoBrackets) {
  EXPECT_EQ(AddressAndPort("127.0.0.1", 104), "127.0.0.1:104");
  EXPECT_EQ(AddressAndPort("::1", 104), "[::1]:104");
}

}  // namespace
}  // namespace mhcnn
