#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "mhcnn/service/config.h"
#include "mhcnn/service/web/router.h"

namespace mhcnn {

/// Address of a server, and limits of its clients.
struct HttpServerOptions {
  std::string address = "127.0.0.1";  ///< numeric address
  int port = 0;                       ///< port; 0: a free one
  PeerList allow;                     ///< addresses of clients; empty: all
  int max_connections = 256;          ///< largest number of connections
  int max_connections_per_peer = 32;  ///< largest number of connections of one address
  std::chrono::milliseconds header_timeout{10'000};  ///< limit of the handshake, and of each header
  std::chrono::milliseconds body_timeout{60'000};    ///< limit of 64 KiB of a body or an answer
  std::chrono::milliseconds idle_timeout{60'000};    ///< limit between two requests
  std::chrono::milliseconds stop_timeout{10'000};    ///< limit of requests in progress after Stop()
  std::size_t max_header_bytes = 16'384;             ///< largest head of a request
  std::uint64_t max_body_bytes = std::uint64_t{2} << 30;  ///< largest body of a request
  int max_requests_per_minute = 0;                        ///< limit of one address; 0: none
  int workers = 4;                                        ///< threads that handlers run in
  TlsConfig tls;  ///< off: plain HTTP; with `trusted`, clients need a certificate
  /// Checks each request before its route is searched, and throws HttpError for one that is
  /// refused. Called in the thread of all connections: it must not wait. Empty: none is refused.
  std::function<void(const HttpRequest& request)> gate;
  /// Peers that pass on requests of others. Their connections are not limited by
  /// `max_connections_per_peer`; requests at once of each client behind them are.
  PeerList proxies;
  /// Returns the numeric address of the client that a request is counted for. Called as `gate` is;
  /// may throw HttpError. Empty: the address of the peer.
  std::function<std::string(const HttpRequest& request)> client_address;

  /// Throws Error(kUsage) that names the field that is out of range.
  void Check() const;
};

/// Record of one request, for logs and metrics. It contains nothing that the client wrote.
struct HttpRecord {
  std::string method;                    ///< method; "other" for one that no route has
  std::string pattern;                   ///< pattern of the route; "" where none was found
  int status = 0;                        ///< HTTP status
  std::chrono::microseconds duration{};  ///< from the header to the end of the answer
  std::string address;                   ///< numeric address of the client
};

/// Server for HTTP/1.1, plain or over TLS 1.2 and later. One thread serves all connections;
/// handlers run in worker threads, so that a slow client, disk or store does not delay others.
/// A body is passed on in pieces and is never in memory as a whole.
///
/// At a limit of connections, the one that has waited longest without a request is closed to accept
/// a new one; where all have requests, the new one is closed.
class HttpServer {
 public:
  /// Called after each request, in the thread of all connections.
  using Observer = std::function<void(const HttpRecord& record)>;

  /// Starts to listen. `router` must outlive it. Throws Error(kIo) where the address is in use, and
  /// Error for certificates that cannot be used.
  HttpServer(HttpServerOptions options, const Router& router, Observer observer = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Returns the port that it listens on.
  int port() const;
  /// Serves until Stop(), or until `stop`, which is called ten times a second, returns true. Before
  /// it returns, requests in progress are finished, within `stop_timeout`.
  void Run(const std::function<bool()>& stop = {});
  /// Ends Run(); may be called from any thread.
  void Stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mhcnn
