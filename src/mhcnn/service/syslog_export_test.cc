#include "mhcnn/service/syslog_export.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <regex>
#include <string>

#include "mhcnn/service/audit.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

AuditRecord Event(const std::string& outcome) {
  using namespace std::chrono;
  AuditRecord record;
  record.at = sys_days{year{2026} / 1 / 2} + 3h + 4min + 5s + 6ms;
  record.event = "110104";
  record.outcome = outcome;
  record.message = "<AuditMessage/>";
  return record;
}

TEST(SyslogMessage, HasTheFieldsOfRfc5424) {
  const std::string message = SyslogMessage(Event("0"), "host.example", "node");
  EXPECT_EQ(message, "<85>1 2026-01-02T03:04:05.006Z host.example node " +
                         std::to_string(::getpid()) +
                         " DICOM+RFC3881 - \xEF\xBB\xBF<AuditMessage/>");
}

TEST(SyslogMessage, SeverityFollowsTheOutcome) {
  EXPECT_THAT(SyslogMessage(Event("4"), "h", "n"), HasSubstr("<84>1 "));
  EXPECT_THAT(SyslogMessage(Event("8"), "h", "n"), HasSubstr("<83>1 "));
  EXPECT_THAT(SyslogMessage(Event("12"), "h", "n"), HasSubstr("<82>1 "));
}

TEST(SyslogMessage, FieldsHoldNoSpaces) {
  EXPECT_THAT(SyslogMessage(Event("0"), "", "my node\n\xC3\xA4"), HasSubstr("Z - my_node___ "));
}

/// A socket of the server's side on 127.0.0.1.
class Server {
 public:
  explicit Server(int type) {
    fd_ = ::socket(AF_INET, type, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(::listen(fd_, 4), 0);
    }
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    const timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  }
  ~Server() { ::close(fd_); }
  int fd() const { return fd_; }
  std::string Target(const char* scheme) const {
    return scheme + std::string("://127.0.0.1:") + std::to_string(port_);
  }

 private:
  int fd_, port_ = 0;
};

class SyslogExportTest : public ::testing::Test {
 protected:
  SyslogExportTest() : store_({"sqlite:" + (scratch_ / "node.db").string(), "", {}}) {}
  void Add(const std::string& text) {
    AuditEntry entry;
    entry.peer = text;
    Record(store_, entry, "node");
  }
  ServiceConfig Config(const std::string& target) {
    ServiceConfig config;
    config.name = "node";
    config.audit.syslog = target;
    return config;
  }

  ScratchFolder scratch_;
  JobStore store_;
};

TEST_F(SyslogExportTest, SendsEachEventOnceAsADatagram) {
  Server server(SOCK_DGRAM);
  const ServiceConfig config = Config(server.Target("udp"));
  SyslogExport exporter(config);
  Add("ONE");
  Add("TWO");
  EXPECT_EQ(exporter.Step(store_), 2);
  EXPECT_EQ(exporter.Step(store_), 0);
  Add("THREE");
  EXPECT_EQ(SyslogExport(config).Step(store_), 1);  // after a restart
  std::array<char, 70'000> text{};
  for (const char* peer : {"ONE", "TWO", "THREE"}) {
    const auto size = ::recv(server.fd(), text.data(), text.size(), 0);
    ASSERT_GT(size, 0);
    EXPECT_THAT(std::string(text.data(), size), HasSubstr(std::string("UserID=\"") + peer + "\""));
  }
}

TEST_F(SyslogExportTest, CountsOctetsInAStream) {
  Server server(SOCK_STREAM);
  SyslogExport exporter(Config(server.Target("tcp")));
  Add("ONE");
  Add("TWO");
  EXPECT_EQ(exporter.Step(store_), 2);
  const int client = ::accept(server.fd(), nullptr, nullptr);
  ASSERT_GE(client, 0);
  std::array<char, 70'000> bytes{};
  const auto size = ::recv(client, bytes.data(), bytes.size(), 0);
  ASSERT_GT(size, 0);
  ::close(client);
  std::string stream(bytes.data(), size);
  for (const char* peer : {"ONE", "TWO"}) {
    const std::size_t space = stream.find(' ');
    const std::size_t length = std::stoul(stream.substr(0, space));
    const std::string message = stream.substr(space + 1, length);
    ASSERT_EQ(message.size(), length);
    EXPECT_EQ(message.substr(0, 6), "<85>1 ");
    EXPECT_THAT(message, HasSubstr(peer));
    EXPECT_EQ(message.substr(message.size() - 15), "</AuditMessage>");
    stream = stream.substr(space + 1 + length);
  }
  EXPECT_EQ(stream, "");
}

TEST_F(SyslogExportTest, EventsWaitWhereTheServerIsNotThere) {
  std::string target;
  {
    Server server(SOCK_STREAM);
    target = server.Target("tcp");
  }
  SyslogExport exporter(Config(target));
  Add("ONE");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(exporter.Step(store_), 0);
  EXPECT_EQ(exporter.Step(store_), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(store_.audit().Exported("syslog"), 0);
}

TEST_F(SyslogExportTest, WritesToALocalSocket) {
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = scratch_ / "log";
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  SyslogExport exporter(Config(path));
  Add("ONE");
  EXPECT_EQ(exporter.Step(store_), 1);
  std::array<char, 70'000> text{};
  EXPECT_GT(::recv(fd, text.data(), text.size(), MSG_DONTWAIT), 100);
  ::close(fd);
}

TEST_F(SyslogExportTest, SendsNothingWithoutATarget) {
  Add("ONE");
  EXPECT_EQ(SyslogExport(Config("")).Step(store_), 0);
  EXPECT_EQ(store_.audit().Exported("syslog"), 0);
}

TEST_F(SyslogExportTest, RefusesTargetsThatCannotBeRead) {
  for (const char* target : {"http://a:1", "udp://", "udp://host", "tcp://host:", "tcp://:514",
                             "tcp://host:99999999", "log"}) {
    EXPECT_THAT(ErrorMessage([&] { SyslogExport exporter(Config(target)); }, ErrorCode::kUsage),
                HasSubstr("udp://host:port"))
        << target;
  }
}

}  // namespace
}  // namespace mhcnn
