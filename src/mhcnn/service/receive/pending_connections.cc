#include "mhcnn/service/receive/pending_connections.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

namespace mhcnn {
namespace {

constexpr int kPduHead = 6, kTlsHead = 5;
constexpr std::uint8_t kAssociateRequest = 0x01, kTlsHandshake = 0x16;
constexpr std::uint32_t kMaxRequestBytes = 256 * 1024;
/// Number of bytes that must have arrived of a longer message.
constexpr int kEnough = 16 * 1024;
constexpr std::chrono::milliseconds kFarewell{2000};

void SetLowWater(int fd, int bytes) {
  ::setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes);
}

}  // namespace

void PendingConnections::MakeSpace(const std::string& address) {
  const auto of_address = [&](const Waiting& w) { return w.connection.address == address; };
  const auto count = std::count_if(waiting_.begin(), waiting_.end(), of_address);
  auto oldest = waiting_.end();
  if (static_cast<std::size_t>(count) >= limits_.max_per_address) {
    oldest = std::find_if(waiting_.begin(), waiting_.end(), of_address);
  } else if (waiting_.size() >= limits_.max_waiting) {
    oldest = waiting_.begin();
  }
  if (oldest == waiting_.end()) return;
  ::close(oldest->connection.fd);
  waiting_.erase(oldest);
}

void PendingConnections::Add(int fd, const std::string& address, Clock::time_point now) {
  MakeSpace(address);
  SetLowWater(fd, limits_.tls ? kTlsHead : kPduHead);
  waiting_.push_back({{fd, address}, now + limits_.patience, false});
}

void PendingConnections::AddTo(std::vector<pollfd>& polled) const {
  for (const Waiting& w : waiting_) {
    polled.push_back({w.connection.fd, POLLIN | POLLRDHUP, 0});
  }
}

PendingConnections::State PendingConnections::ReadState(const Connection& connection,
                                                        bool ended) const {
  std::array<std::uint8_t, kPduHead> head{};
  const int wanted = limits_.tls ? kTlsHead : kPduHead;
  const auto got =
      ::recv(connection.fd, head.data(), static_cast<std::size_t>(wanted), MSG_PEEK | MSG_DONTWAIT);
  const State waits = ended ? State::kNoRequest : State::kIncomplete;
  if (got <= 0) return waits;
  if (head[0] != (limits_.tls ? kTlsHandshake : kAssociateRequest)) return State::kNoRequest;
  if (got < wanted) return waits;
  std::uint32_t length = 0;
  for (int i = limits_.tls ? 3 : 2; i < wanted; ++i) {
    length = length << 8 | head[static_cast<std::size_t>(i)];
  }
  if (length > kMaxRequestBytes) return State::kNoRequest;
  const int whole = std::min(wanted + static_cast<int>(length), kEnough);
  int available = 0;
  if (::ioctl(connection.fd, FIONREAD, &available) != 0) return State::kNoRequest;
  if (available >= whole) return State::kComplete;
  // The part that has arrived must not wake poll() again and again.
  SetLowWater(connection.fd, whole);
  return waits;
}

std::vector<PendingConnections::Connection> PendingConnections::Take(
    const std::vector<pollfd>& polled, Clock::time_point now) {
  std::map<int, short> events;
  for (const pollfd& p : polled) {
    if (p.revents != 0) events[p.fd] = p.revents;
  }
  std::vector<Connection> ready;
  for (auto w = waiting_.begin(); w != waiting_.end();) {
    const int fd = w->connection.fd;
    const auto event = events.find(fd);
    const short what = event == events.end() ? short{0} : event->second;
    const bool ended = (what & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
    bool close = w->deadline <= now;
    bool complete = false;
    if (what != 0 && w->refused) {
      std::array<char, 4096> drained{};
      close = close || ::recv(fd, drained.data(), drained.size(), MSG_DONTWAIT) <= 0;
    } else if (what != 0) {
      const State state = ReadState(w->connection, ended);
      complete = state == State::kComplete;
      close = close || state == State::kNoRequest;
    }
    if (complete) {
      SetLowWater(fd, 1);
      ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);
      ready.push_back(w->connection);
    } else if (close) {
      ::close(fd);
    }
    w = complete || close ? waiting_.erase(w) : std::next(w);
  }
  return ready;
}

void PendingConnections::Refuse(const Connection& connection, Clock::time_point now) {
  // Result 2 transient, source 3 service provider (presentation), reason 2 local limit exceeded.
  constexpr std::array<std::uint8_t, 10> kReject = {3, 0, 0, 0, 0, 4, 0, 2, 3, 2};
  const bool sent =
      !limits_.tls && ::send(connection.fd, kReject.data(), kReject.size(),
                             MSG_DONTWAIT | MSG_NOSIGNAL) == static_cast<ssize_t>(kReject.size());
  if (!sent) {
    ::close(connection.fd);
    return;
  }
  // Closed with data unread, the connection would be reset, and the answer lost with it.
  ::shutdown(connection.fd, SHUT_WR);
  MakeSpace(connection.address);
  waiting_.push_back({connection, now + kFarewell, true});
}

PendingConnections::Clock::time_point PendingConnections::NextDeadline() const {
  auto next = Clock::time_point::max();
  for (const Waiting& w : waiting_) next = std::min(next, w.deadline);
  return next;
}

void PendingConnections::CloseAll() {
  for (const Waiting& w : waiting_) ::close(w.connection.fd);
  waiting_.clear();
}

}  // namespace mhcnn
