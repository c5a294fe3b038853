#pragma once

#include <poll.h>

#include <chrono>
#include <list>
#include <string>
#include <vector>

namespace mhcnn {

/// Connections that were accepted and whose first message (A-ASSOCIATE-RQ, or the ClientHello of
/// TLS) is not there yet. A peer that is silent, or says half of it, costs a file descriptor and
/// nothing else, for a limited time; one that says something else is closed at once.
class PendingConnections {
 public:
  /// Time as poll() counts it.
  using Clock = std::chrono::steady_clock;

  /// What is waited for, and how long.
  struct Limits {
    bool tls = false;                            ///< the first message is one of TLS
    std::chrono::milliseconds patience{30'000};  ///< for the whole first message
    /// Connections at a time, of all peers and of one address: beyond it the oldest is closed.
    std::size_t max_waiting = 512, max_per_address = 128;
  };
  /// A connection whose first message can be read without waiting.
  struct Connection {
    int fd = -1;          ///< the socket
    std::string address;  ///< numeric
  };

  /// No connections at first.
  explicit PendingConnections(const Limits& limits) : limits_(limits) {}
  ~PendingConnections() { CloseAll(); }
  PendingConnections(const PendingConnections&) = delete;
  PendingConnections& operator=(const PendingConnections&) = delete;

  /// Takes over a non-blocking socket.
  void Add(int fd, const std::string& address, Clock::time_point now);
  /// Adds the sockets to those that poll() waits for.
  void AddTo(std::vector<pollfd>& polled) const;
  /// Looks at those that poll() reported. Returns the connections that are ready, blocking and
  /// owned by the caller; closes those that ended, are late or speak another protocol.
  std::vector<Connection> Take(const std::vector<pollfd>& polled, Clock::time_point now);
  /// Sends A-ASSOCIATE-RJ (transient, local limit exceeded; PS3.8 9.3.4) to a connection that
  /// Take() returned, and closes it when the peer did, or soon after. With TLS closes it at once.
  void Refuse(const Connection& connection, Clock::time_point now);
  /// The next moment at which Take() has something to do though nothing arrives.
  Clock::time_point NextDeadline() const;
  /// Closes all, in a child process too.
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

  State Look(const Connection& connection, bool ended) const;
  void MakeSpace(const std::string& address);

  Limits limits_;
  std::list<Waiting> waiting_;  ///< the oldest first
};

}  // namespace mhcnn
