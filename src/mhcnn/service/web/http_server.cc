#include "mhcnn/service/web/http_server.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/service/web/http_connection.h"

namespace mhcnn {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

void HttpServerOptions::Check() const {
  const auto require = [](bool good, const char* field, const char* range) {
    if (!good) throw Error(ErrorCode::kUsage, fmt::format("is out of range ({})", range), field);
  };
  require(port >= 0 && port <= 65'535, "port", "0 to 65535");
  require(max_connections > 0, "max_connections", "1 or more");
  require(max_connections_per_peer > 0, "max_connections_per_peer", "1 or more");
  require(header_timeout.count() > 0, "header_timeout", "more than 0");
  require(body_timeout.count() > 0, "body_timeout", "more than 0");
  require(idle_timeout.count() > 0, "idle_timeout", "more than 0");
  require(stop_timeout.count() >= 0, "stop_timeout", "0 or more");
  require(max_header_bytes >= 1'024, "max_header_bytes", "1024 or more");
  require(max_requests_per_minute >= 0, "max_requests_per_minute", "0 or more");
  require(workers > 0 && workers <= 256, "workers", "1 to 256");
}

struct HttpServer::State {
  HttpServerContext parts;
  tcp::acceptor acceptor{parts.io};
  asio::steady_timer timer{parts.io};
  asio::executor_work_guard<asio::io_context::executor_type> work{parts.io.get_executor()};
  std::function<bool()> stop;
  Clock::time_point stop_at = Clock::time_point::max();
  Clock::time_point next_warning{};

  void Listen();
  asio::awaitable<void> Accept();
  asio::awaitable<void> Serve(std::list<HttpConnection>::iterator connection, tcp::socket socket);
  asio::awaitable<void> Watch();
  bool MakeRoom(const std::string& address);
  void Warn(const std::string& address, const char* why);
  void BeginStop();
};

void HttpServer::State::Listen() {
  const HttpServerOptions& options = parts.options;
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(options.address, ec);
  if (ec) {
    throw Error(ErrorCode::kUsage, "is not a numeric address", ToDisplayText(options.address),
                "write one such as 127.0.0.1 or ::");
  }
  const tcp::endpoint endpoint(address, static_cast<unsigned short>(options.port));
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  // "::" accepts IPv4 too, with any default of the system (net.ipv6.bindv6only).
  if (!ec && address.is_v6()) acceptor.set_option(asio::ip::v6_only(false), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(1'024, ec);
  if (ec) {
    throw Error(ErrorCode::kIo, fmt::format("the port cannot be opened ({})", ec.message()),
                fmt::format("{}:{}", options.address, options.port),
                "stop the program that uses the port, or choose another port");
  }
}

/// Logs at most one warning a second: too many connections must not fill the log.
void HttpServer::State::Warn(const std::string& address, const char* why) {
  if (Clock::now() < next_warning) return;
  next_warning = Clock::now() + std::chrono::seconds(1);
  spdlog::warn("web: a connection from {} was closed: {}", address, why);
}

bool HttpServer::State::MakeRoom(const std::string& address) {
  int of_peer = 0;
  HttpConnection *oldest = nullptr, *oldest_of_peer = nullptr;
  for (HttpConnection& connection : parts.connections) {
    const bool same = connection.address == address;
    of_peer += same;
    // Connections that were told to close have no `close` any more.
    if (connection.busy || !connection.close) continue;
    if (oldest == nullptr || connection.since < oldest->since) oldest = &connection;
    if (same && (oldest_of_peer == nullptr || connection.since < oldest_of_peer->since)) {
      oldest_of_peer = &connection;
    }
  }
  HttpConnection* victim = nullptr;
  const bool limited = !IsProxy(parts.options, address);
  if (limited && of_peer >= parts.options.max_connections_per_peer) {
    victim = oldest_of_peer;
  } else if (static_cast<int>(parts.connections.size()) >= parts.options.max_connections) {
    victim = oldest;
  } else {
    return true;
  }
  if (victim == nullptr) return false;
  std::exchange(victim->close, {})();
  return true;
}

asio::awaitable<void> HttpServer::State::Serve(std::list<HttpConnection>::iterator connection,
                                               tcp::socket socket) {
  try {
    co_await ServeConnection(parts, *connection, std::move(socket));
  } catch (const std::exception& e) {
    spdlog::error("web: a connection failed: {}", ToDisplayText(e.what()));
  }
  parts.connections.erase(connection);
}

asio::awaitable<void> HttpServer::State::Accept() {
  while (!parts.stopping) {
    boost::system::error_code ec;
    tcp::socket socket =
        co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, ec));
    if (parts.stopping) break;
    if (ec) {
      // Too many open files: wait for some to be closed.
      asio::steady_timer pause(parts.io, std::chrono::milliseconds(50));
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
      continue;
    }
    const auto remote = socket.remote_endpoint(ec);
    if (ec) continue;
    auto address = remote.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
      address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    const std::string text = address.to_string();
    if (!parts.options.allow.empty() && !parts.options.allow.AllowsAddress(text)) {
      Warn(text, "its address is not in the list web.allow");
      continue;
    }
    if (!MakeRoom(text)) {
      Warn(text, "the limit of connections is reached");
      continue;
    }
    socket.set_option(tcp::no_delay(true), ec);
    parts.connections.emplace_back();
    const auto connection = std::prev(parts.connections.end());
    connection->address = text;
    asio::co_spawn(parts.io, Serve(connection, std::move(socket)), asio::detached);
  }
}

void HttpServer::State::BeginStop() {
  if (parts.stopping) return;
  parts.stopping = true;
  stop_at = Clock::now() + parts.options.stop_timeout;
  boost::system::error_code ignored;
  acceptor.close(ignored);
  for (HttpConnection& connection : parts.connections) {
    if (!connection.busy && connection.close) std::exchange(connection.close, {})();
  }
}

asio::awaitable<void> HttpServer::State::Watch() {
  for (;;) {
    boost::system::error_code ec;
    timer.expires_after(std::chrono::milliseconds(parts.stopping ? 10 : 100));
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    if (!parts.stopping && stop && stop()) BeginStop();
    if (!parts.stopping) continue;
    if (parts.connections.empty()) break;
    if (Clock::now() < stop_at) continue;
    for (HttpConnection& connection : parts.connections) {
      if (connection.close) std::exchange(connection.close, {})();
    }
    stop_at = Clock::time_point::max();
  }
  work.reset();
  parts.io.stop();
}

HttpServer::HttpServer(HttpServerOptions options, const Router& router, Observer observer)
    : state_(std::make_unique<State>()) {
  options.Check();
  HttpServerContext& parts = state_->parts;
  parts.options = std::move(options);
  parts.router = &router;
  parts.observer = std::move(observer);
  if (parts.options.tls.on()) parts.tls = MakeTlsContext(parts.options.tls);
  parts.limiter = RateLimiter(parts.options.max_requests_per_minute);
  parts.pool = std::make_unique<asio::thread_pool>(parts.options.workers);
  state_->Listen();
}

HttpServer::~HttpServer() { state_->parts.pool->join(); }

int HttpServer::port() const { return state_->acceptor.local_endpoint().port(); }

void HttpServer::Run(const std::function<bool()>& stop) {
  state_->stop = stop;
  asio::co_spawn(state_->parts.io, state_->Accept(), asio::detached);
  asio::co_spawn(state_->parts.io, state_->Watch(), asio::detached);
  state_->parts.io.run();
}

void HttpServer::Stop() {
  asio::post(state_->parts.io, [this] { state_->BeginStop(); });
}

}  // namespace mhcnn
