#include "mhcnn/service/receive/pending_connections.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>

namespace mhcnn {
namespace {

using Clock = PendingConnections::Clock;
using Bytes = std::vector<std::uint8_t>;
using std::chrono::milliseconds;

/// Connected pair: the socket of the peer, and the one that the node accepted.
class PendingTest : public ::testing::Test {
 protected:
  ~PendingTest() override {
    for (const int fd : peers_) ::close(fd);
  }
  int Connect(PendingConnections& pending, const std::string& address = "192.0.2.1") {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    peers_.push_back(ends[0]);
    pending.Add(ends[1], address, now_);
    return ends[0];
  }
  static void Send(int peer, const Bytes& bytes) {
    ASSERT_EQ(::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  std::vector<PendingConnections::Connection> Poll(PendingConnections& pending) {
    std::vector<pollfd> polled;
    pending.AddTo(polled);
    ::poll(polled.data(), polled.size(), 0);
    return pending.Take(polled, now_);
  }
  /// Returns whether the node closed the connection.
  static bool IsClosed(int peer) {
    char byte = 0;
    return ::recv(peer, &byte, 1, MSG_DONTWAIT) == 0;
  }

  Clock::time_point now_ = Clock::now();
  std::vector<int> peers_;
};

TEST_F(PendingTest, WaitsForTheWholeRequest) {
  PendingConnections pending({});
  const int peer = Connect(pending);
  EXPECT_TRUE(Poll(pending).empty());
  Send(peer, {1, 0, 0, 0});
  EXPECT_TRUE(Poll(pending).empty());
  Send(peer, {0, 4, 9, 9});
  EXPECT_TRUE(Poll(pending).empty());
  EXPECT_FALSE(IsClosed(peer));
  Send(peer, {9, 9});
  const auto ready = Poll(pending);
  ASSERT_EQ(ready.size(), 1U);
  EXPECT_EQ(ready[0].address, "192.0.2.1");
  Bytes all(20);
  EXPECT_EQ(::recv(ready[0].fd, all.data(), all.size(), 0), 10);  // nothing was read of it
  EXPECT_EQ(pending.size(), 0U);
  ::close(ready[0].fd);
}

TEST_F(PendingTest, ClosesOtherProtocolsAndHugeRequests) {
  PendingConnections pending({});
  for (const Bytes& bytes : {Bytes{'G', 'E', 'T', ' ', '/', ' '}, Bytes{0x16, 3, 1, 0, 5, 1},
                             Bytes{4, 0, 0, 0, 0, 4}, Bytes{1, 0, 0x7F, 0, 0, 0}}) {
    const int peer = Connect(pending);
    Send(peer, bytes);
    EXPECT_TRUE(Poll(pending).empty());
    EXPECT_EQ(pending.size(), 0U);
  }
}

TEST_F(PendingTest, KnowsTheHelloOfTls) {
  PendingConnections::Limits limits;
  limits.tls = true;
  PendingConnections pending(limits);
  const int tls = Connect(pending), plain = Connect(pending);
  Send(tls, {0x16, 3, 1, 0, 2, 1, 1});
  Send(plain, {1, 0, 0, 0, 0, 0});
  const auto ready = Poll(pending);
  ASSERT_EQ(ready.size(), 1U);
  EXPECT_EQ(pending.size(), 0U);
  ::close(ready[0].fd);
}

TEST_F(PendingTest, ClosesThoseThatAreLate) {
  PendingConnections::Limits limits;
  limits.patience = milliseconds(100);
  PendingConnections pending(limits);
  const int peer = Connect(pending);
  EXPECT_EQ(pending.NextDeadline(), now_ + milliseconds(100));
  Send(peer, {1, 0});
  now_ += milliseconds(99);
  EXPECT_TRUE(Poll(pending).empty());
  EXPECT_EQ(pending.size(), 1U);
  now_ += milliseconds(1);
  EXPECT_TRUE(Poll(pending).empty());
  EXPECT_EQ(pending.size(), 0U);
  EXPECT_EQ(pending.NextDeadline(), Clock::time_point::max());
}

TEST_F(PendingTest, RemovesClosedConnections) {
  PendingConnections pending({});
  const int silent = Connect(pending), half = Connect(pending);
  Send(half, {1, 0, 0, 0, 0, 99, 1});
  ::shutdown(silent, SHUT_RDWR);
  ::shutdown(half, SHUT_RDWR);
  EXPECT_TRUE(Poll(pending).empty());
  EXPECT_EQ(pending.size(), 0U);
}

TEST_F(PendingTest, ClosesTheOldestWhereTooManyWait) {
  PendingConnections::Limits limits;
  limits.max_waiting = 3;
  limits.max_per_address = 2;
  PendingConnections pending(limits);
  const int first = Connect(pending, "192.0.2.1");
  const int second = Connect(pending, "192.0.2.2");
  Connect(pending, "192.0.2.2");
  Connect(pending, "192.0.2.2");
  EXPECT_FALSE(IsClosed(first));  // another address had too many
  EXPECT_TRUE(IsClosed(second));
  Connect(pending, "192.0.2.3");
  EXPECT_TRUE(IsClosed(first));
  EXPECT_EQ(pending.size(), 3U);
}

TEST_F(PendingTest, RejectsWithoutBlockingAndWaitsForClose) {
  PendingConnections pending({});
  const int peer = Connect(pending);
  Send(peer, {1, 0, 0, 0, 0, 1, 7});
  const auto ready = Poll(pending);
  ASSERT_EQ(ready.size(), 1U);
  pending.Refuse(ready[0], now_);
  Bytes answer(32);
  ASSERT_EQ(::recv(peer, answer.data(), answer.size(), MSG_DONTWAIT), 10);
  answer.resize(10);
  EXPECT_EQ(answer, (Bytes{3, 0, 0, 0, 0, 4, 0, 2, 3, 2}));
  EXPECT_TRUE(Poll(pending).empty());
  EXPECT_EQ(pending.size(), 1U);  // its own close must not lose the answer
  ::shutdown(peer, SHUT_WR);
  EXPECT_TRUE(Poll(pending).empty());
  EXPECT_TRUE(Poll(pending).empty());
  EXPECT_EQ(pending.size(), 0U);
}

}  // namespace
}  // namespace mhcnn
