#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <utility>  // boost/asio/awaitable.hpp of 1.74 uses it and does not include it

#include "mhcnn/service/web/http_server.h"
#include "mhcnn/service/web/http_stream.h"
#include "mhcnn/service/web/rate_limiter.h"

namespace mhcnn {

/// A connection as the server counts it.
struct HttpConnection {
  std::string address;  ///< numeric address of the peer
  std::string client;   ///< of whom its request is; "" between requests
  bool busy = false;    ///< a request was read and is being answered
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();  ///< it waits
  std::function<void()> close;  ///< ends what the connection waits for
};

/// Returns whether a peer passes on requests of others.
inline bool IsProxy(const HttpServerOptions& options, const std::string& address) {
  return !options.proxies.empty() && options.proxies.AllowsAddress(address);
}

/// What the parts of a server share; all but `pool` belongs to the thread that runs `io`.
struct HttpServerParts {
  HttpServerOptions options;                       ///< the options
  const Router* router = nullptr;                  ///< the routes
  HttpServer::Observer observer;                   ///< what is told of each request
  boost::asio::io_context io{1};                   ///< the event loop
  std::unique_ptr<boost::asio::thread_pool> pool;  ///< threads for handlers that wait
  std::unique_ptr<boost::asio::ssl::context> tls;  ///< none: plain
  std::list<HttpConnection> connections;           ///< open connections
  RateLimiter limiter{0};                          ///< of requests
  bool stopping = false;                           ///< whether the server ends
};

/// Serves one connection to its end.
boost::asio::awaitable<void> ServeConnection(HttpServerParts& parts, HttpConnection& connection,
                                             boost::asio::ip::tcp::socket socket);

}  // namespace mhcnn
