#pragma once

#include <poll.h>

#include <chrono>
#include <list>
#include <string>
#include <vector>

namespace mhcnn {

/// Accepted connections whose first message (A-ASSOCIATE-RQ, or the ClientHello of TLS) has not
/// arrived yet. A peer that sends nothing, or half of it, uses a file descriptor and nothing else,
/// for a limited time; a connection that sends something else is closed at once.
class PendingConnections {
 public:
  /// Clock of the deadlines.
  using Clock = std::chrono::steady_clock;

  /// Kind of the first message, and limits of the waiting connections.
  struct Limits {
    bool tls = false;                            ///< whether the first message is one of TLS
    std::chrono::milliseconds patience{30'000};  ///< time for the whole first message
    /// Largest numbers of connections, in all and of one address: beyond it the oldest is closed.
    std::size_t max_waiting = 512, max_per_address = 128;
  };
  /// A connection whose first message can be read without waiting.
  struct Connection {
    int fd = -1;          ///< the socket
    std::string address;  ///< numeric address of the peer
  };

  /// Starts without connections.
  explicit PendingConnections(const Limits& limits) : limits_(limits) {}
  ~PendingConnections() { CloseAll(); }
  PendingConnections(const PendingConnections&) = delete;
  PendingConnections& operator=(const PendingConnections&) = delete;

  /// Adds a non-blocking socket and owns it from then on.
  void Add(int fd, const std::string& address, Clock::time_point now);
  /// Adds the sockets to those that poll() waits for.
  void AddTo(std::vector<pollfd>& polled) const;
  /// Checks the sockets that poll() reported. Returns the connections that are ready, blocking and
  /// owned by the caller; closes those that ended, are late or use another protocol.
  std::vector<Connection> Take(const std::vector<pollfd>& polled, Clock::time_point now);
  /// Sends A-ASSOCIATE-RJ (transient, local limit exceeded; PS3.8 9.3.4) to a connection that
  /// Take() returned, and closes it when the peer did, or soon after. With TLS closes it at once.
  void Refuse(const Connection& connection, Clock::time_point now);
  /// Returns the next time at which Take() must be called although nothing arrives.
  Clock::time_point NextDeadline() const;
  /// Closes all connections; a child process may call it too.
  void CloseAll();
  /// Returns the number of connections.
  std::size_t size() const { return waiting_.size(); }

 private:
  struct Waiting {
    Connection connection;
    Clock::time_point deadline;
    bool refused = false;
  };
  enum class State { kIncomplete, kComplete, kNoRequest };

  State ReadState(const Connection& connection, bool ended) const;
  void MakeSpace(const std::string& address);

  Limits limits_;
  std::list<Waiting> waiting_;  ///< the oldest first
};

}  // namespace mhcnn
