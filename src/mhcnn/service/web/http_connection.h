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

/// One connection of a server.
struct HttpConnection {
  std::string address;  ///< numeric address of the peer
  std::string client;   ///< address of the client of its request; "" between requests
  bool busy = false;    ///< whether a request was read and is being answered
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();  ///< waiting
  std::function<void()> close;  ///< ends what the connection waits for
};

/// Returns whether a peer passes on requests of other clients.
inline bool IsProxy(const HttpServerOptions& options, const std::string& address) {
  return !options.proxies.empty() && options.proxies.AllowsAddress(address);
}

/// State that the parts of a server share; all but `pool` belongs to the thread that runs `io`.
struct HttpServerContext {
  HttpServerOptions options;                       ///< the options
  const Router* router = nullptr;                  ///< the routes
  HttpServer::Observer observer;                   ///< function that gets each request's record
  boost::asio::io_context io{1};                   ///< the event loop
  std::unique_ptr<boost::asio::thread_pool> pool;  ///< threads for handlers that wait
  std::unique_ptr<boost::asio::ssl::context> tls;  ///< null: plain HTTP
  std::list<HttpConnection> connections;           ///< open connections
  RateLimiter limiter{0};                          ///< limit of requests
  bool stopping = false;                           ///< whether the server is stopping
};

/// Serves one connection to its end.
boost::asio::awaitable<void> ServeConnection(HttpServerContext& parts, HttpConnection& connection,
                                             boost::asio::ip::tcp::socket socket);

}  // namespace mhcnn
