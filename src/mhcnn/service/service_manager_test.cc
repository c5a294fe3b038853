#include "mhcnn/service/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// The service manager's side: a datagram socket, named by the environment.
class Listener {
 public:
  Listener() {
    fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = scratch_ / "notify";
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~Listener() {
    ::close(fd_);
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }
  /// The next message; "" where none has come.
  std::string Next() {
    std::array<char, 1'024> text{};
    const auto size = ::recv(fd_, text.data(), text.size(), 0);
    return size > 0 ? std::string(text.data(), size) : "";
  }

 private:
  testing_support::ScratchFolder scratch_;
  int fd_ = -1;
};

TEST(ServiceManager, TellsEachStateOnce) {
  Listener listener;
  ServiceManager manager;
  manager.Ready();
  EXPECT_THAT(listener.Next(), StartsWith("READY=1\n"));
  manager.Reloading();
  const std::string reloading = listener.Next();
  EXPECT_THAT(reloading, StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_GT(std::stoull(reloading.substr(reloading.find("USEC=") + 5)), 0u);
  manager.Ready();
  EXPECT_THAT(listener.Next(), StartsWith("READY=1\n"));
  manager.Stopping();
  EXPECT_THAT(listener.Next(), StartsWith("STOPPING=1\n"));
  EXPECT_EQ(listener.Next(), "");
}

TEST(ServiceManager, PingsAsOftenAsTheWatchdogNeeds) {
  Listener listener;
  ::setenv("WATCHDOG_USEC", "60000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  ServiceManager manager;
  int pings = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  while (std::chrono::steady_clock::now() < end) {
    manager.Ping();
    if (listener.Next() == "WATCHDOG=1") ++pings;
  }
  // Each 20 ms: six in 100 ms, fewer where the machine was busy.
  EXPECT_GE(pings, 2);
  EXPECT_LE(pings, 6);
}

TEST(ServiceManager, DoesNotPingWithoutWatchdog) {
  Listener listener;
  ServiceManager manager;
  manager.Ping();
  EXPECT_EQ(listener.Next(), "");
}

TEST(ServiceManager, DoesNothingWithoutServiceManager) {
  ::unsetenv("NOTIFY_SOCKET");
  ServiceManager manager;
  EXPECT_NO_THROW(manager.Ready());
  EXPECT_NO_THROW(manager.Stopping());
}

}  // namespace
}  // namespace mhcnn
