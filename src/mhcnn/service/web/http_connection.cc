#include "mhcnn/service/web/http_connection.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/base/text.h"
#include "mhcnn/service/web/channel_listener.h"
#include "mhcnn/service/web/security_fields.h"

namespace mhcnn {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using asio::use_awaitable;
using beast::error_code;
using Clock = std::chrono::steady_clock;
using Parser = http::request_parser<http::buffer_body>;

constexpr std::size_t kPiece = 65'536;  ///< bytes of a body for one call in a worker
constexpr std::size_t kRead = 16'384;

/// Runs `function` in a worker thread and continues in the thread of the connections. Throws what
/// it throws.
///
/// The objects with which a coroutine waits are variables here, not temporaries: g++ 12 destroys
/// some temporaries twice (GCC bugs 99576, 101367).
awaitable<void> OnWorker(HttpServerContext& parts, const std::function<void()>& function) {
  auto initiate = [&parts, &function](auto handler) {
    asio::post(*parts.pool, [&parts, &function, handler = std::move(handler)]() mutable {
      std::exception_ptr problem;
      try {
        function();
      } catch (...) {
        problem = std::current_exception();
      }
      asio::post(parts.io, [handler = std::move(handler), problem]() mutable { handler(problem); });
    });
  };
  co_await asio::async_initiate<decltype(use_awaitable), void(std::exception_ptr)>(initiate,
                                                                                   use_awaitable);
}

HttpRequest ToRequest(const Parser& parser, const HttpConnection& connection, bool encrypted) {
  const auto& message = parser.get();
  const auto text = [](beast::string_view view) { return std::string(view.data(), view.size()); };
  HttpRequest request;
  request.method = text(message.method_string());
  const std::string target = text(message.target());
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  for (const auto& field : message) {
    request.fields.emplace_back(ToLower(text(field.name_string())), text(field.value()));
  }
  request.address = connection.address;
  request.encrypted = encrypted;
  if (const auto length = parser.content_length()) request.content_length = *length;
  request.has_body = parser.chunked() || request.content_length.value_or(0) > 0;
  return request;
}

/// Returns the status with which a header is refused; 0 where the connection just ended.
int ToHeaderErrorStatus(const error_code& ec) {
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow) return 431;
  if (ec == http::error::body_limit) return 413;
  if (ec == http::error::bad_version) return 505;
  return 400;
}

std::string ToChunk(std::string_view piece) {
  return fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
}

/// Serves the requests of one client, one after the other.
class ServedClient {
 public:
  ServedClient(HttpServerContext& parts, HttpConnection& connection, HttpStream& stream)
      : parts_(parts), connection_(connection), stream_(stream), client_(stream.ClientSubject()) {}

  awaitable<void> Run() {
    for (bool first = true; !parts_.stopping; first = false) {
      connection_.busy = false;
      connection_.client.clear();
      connection_.since = Clock::now();
      if (!co_await ReadHeader(first ? options().header_timeout : options().idle_timeout)) {
        co_return;
      }
      connection_.busy = true;
      const auto begin = Clock::now();
      HttpRecord record;
      record.address = connection_.address;
      response_ = {};
      if (!co_await Answer(record)) co_return;  // the client has disconnected
      const bool sent = co_await Write(record.method == "HEAD");
      record.status = response_.status;
      record.duration = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
      if (record.method.empty()) record.method = "other";
      if (parts_.observer) parts_.observer(record);
      if (!sent) co_return;
      if (!parser_->is_done()) co_await Drain();
      if (!keep_) co_return;
    }
  }

 private:
  const HttpServerOptions& options() const { return parts_.options; }

  /// Adds the bytes that have arrived to the buffer. Returns false where no more will arrive.
  awaitable<bool> ReadMore() {
    const auto space = buffer_.prepare(kRead);
    const std::size_t count = co_await stream_.Read(static_cast<char*>(space.data()), kRead);
    buffer_.commit(count);
    co_return count > 0;
  }

  /// Gives the content of the buffer to the parser. Returns its error; none where it needs more.
  error_code Parse() {
    error_code ec;
    while (buffer_.size() > 0 && !ec) {
      const std::size_t used = parser_->put(buffer_.data(), ec);
      buffer_.consume(used);
      if (parser_->is_done() || (header_only_ && parser_->is_header_done())) break;
      if (used == 0 && !ec) break;
    }
    if (ec == http::error::need_more) ec = {};
    return ec;
  }

  /// Reads the header. Returns false where there is nothing to answer.
  awaitable<bool> ReadHeader(std::chrono::milliseconds wait) {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(options().max_header_bytes));
    parser_->body_limit(options().max_body_bytes);
    header_problem_ = 0;
    header_only_ = true;
    if (buffer_.size() == 0) {
      stream_.SetDeadline(wait);
      if (!co_await ReadMore()) co_return false;
    }
    stream_.SetDeadline(options().header_timeout);
    for (;;) {
      if (const error_code ec = Parse()) {
        header_problem_ = ToHeaderErrorStatus(ec);
        co_return true;
      }
      if (parser_->is_header_done()) co_return true;
      if (!co_await ReadMore()) co_return false;
    }
  }

  HttpRequest Checked() {
    if (header_problem_ == 431) throw HttpError(431, "the header is longer than the node takes");
    if (header_problem_ == 413) throw HttpError(413, "the body is larger than the node takes");
    if (header_problem_ == 505) throw HttpError(505, "the node supports HTTP/1.1 only");
    if (header_problem_ != 0) throw HttpError(400, "the header cannot be read");
    HttpRequest request = ToRequest(*parser_, connection_, parts_.tls != nullptr);
    request.client = client_;
    if (parser_->get().version() >= 11 && request.Field("host").empty()) {
      throw HttpError(400, "the field Host is absent");
    }
    return request;
  }

  /// Refuses too many requests, or too many at once through a proxy, with the time to ask again.
  /// Requests for the health are not limited: monitors send them.
  void Limit(const HttpRequest& request) {
    if (request.path.rfind("/health/", 0) == 0) return;
    if (IsProxy(options(), connection_.address)) {
      const auto at_once = std::ranges::count(parts_.connections, connection_.client,
                                              [](const HttpConnection& c) { return c.client; });
      if (at_once > options().max_connections_per_peer) {
        throw HttpError(429, "this address sends too many requests at once",
                        {{"Retry-After", "1"}});
      }
    }
    const auto wait = parts_.limiter.Take(connection_.client, Clock::now());
    if (wait.count() == 0) return;
    throw HttpError(429, "this address sends too many requests",
                    {{"Retry-After", std::to_string(wait.count())}});
  }

  /// Sets the response. Returns false where the connection broke.
  awaitable<bool> Answer(HttpRecord& record) {
    std::unique_ptr<HttpExchange> exchange;
    std::exception_ptr problem;
    bool broken = false;
    try {
      HttpRequest request = Checked();
      connection_.client =
          options().client_address ? options().client_address(request) : connection_.address;
      record.address = connection_.client;
      Limit(request);
      if (options().gate) options().gate(request);
      const Route& route = parts_.router->Find(request);
      record.method = request.method;
      record.pattern = route.pattern;
      if (route.thread == HttpThread::kLoop) {
        if (request.has_body) throw HttpError(413, "this path accepts no body");
        if (route.guard) route.guard(request);
        response_ = route.handler(request)->Answer();
        co_return true;
      }
      const std::function<void()> begin = [&] {
        // Runs in a worker: a guard may query the store.
        if (route.guard) route.guard(request);
        exchange = route.handler(request);
        if (!request.has_body) response_ = exchange->Answer();
      };
      co_await OnWorker(parts_, begin);
      if (request.has_body) {
        broken = !co_await ReadBody(*exchange, request);
        const std::function<void()> end = [&] { response_ = exchange->Answer(); };
        if (!broken) co_await OnWorker(parts_, end);
      }
    } catch (...) {
      problem = std::current_exception();
    }
    // The files of a broken exchange are removed from the disk.
    const std::function<void()> discard = [&] { exchange.reset(); };
    if (exchange) co_await OnWorker(parts_, discard);
    if (problem) response_ = ProblemResponse(problem);
    co_return !broken;
  }

  awaitable<bool> ReadBody(HttpExchange& exchange, const HttpRequest& request) {
    stream_.SetDeadline(options().body_timeout);
    if (ToLower(std::string(request.Field("expect"))) == "100-continue") {
      if (!co_await stream_.Write("HTTP/1.1 100 Continue\r\n\r\n")) co_return false;
    }
    parser_->eager(true);
    header_only_ = false;
    std::vector<char> piece(kPiece);
    while (!parser_->is_done()) {
      auto& body = parser_->get().body();
      body.data = piece.data();
      body.size = piece.size();
      stream_.SetDeadline(options().body_timeout);
      while (body.size > 0 && !parser_->is_done()) {
        const error_code ec = Parse();
        if (ec == http::error::body_limit) {
          throw HttpError(413, "the body is larger than the node takes");
        }
        if (ec && ec != http::error::need_buffer) throw HttpError(400, "the body cannot be read");
        if (ec || parser_->is_done()) break;
        if (body.size > 0 && !co_await ReadMore()) co_return false;
      }
      const std::size_t used = piece.size() - body.size;
      const std::function<void()> give = [&] {
        exchange.Body(std::string_view(piece.data(), used));
      };
      if (used > 0) co_await OnWorker(parts_, give);
    }
    co_return true;
  }

  /// Returns the status line and the fields of the answer, with the empty line after them.
  std::string Head(bool chunks) {
    std::string head =
        fmt::format("HTTP/1.1 {} {}\r\n", response_.status, HttpReason(response_.status));
    const auto add = [&head](std::string_view name, std::string_view value) {
      // A value must not begin a new line.
      head += fmt::format("{}: {}\r\n", name, value.substr(0, value.find_first_of("\r\n")));
    };
    add("Date", fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::time(nullptr))));
    for (const auto& [name, value] : SecurityFields(response_, parts_.tls != nullptr)) {
      add(name, value);
    }
    if (!response_.content_type.empty()) add("Content-Type", response_.content_type);
    for (const auto& [name, value] : response_.fields) add(name, value);
    if (chunks) add("Transfer-Encoding", "chunked");
    if (!response_.source && !response_.channel && response_.status != 304) {
      add("Content-Length", std::to_string(response_.body.size()));
    }
    add("Connection", keep_ ? "keep-alive" : "close");
    return head + "\r\n";
  }

  /// Sends the answer. Returns whether the whole answer was sent.
  awaitable<bool> Write(bool head_only) {
    keep_ = header_problem_ == 0 && parser_->keep_alive() && parser_->is_done() && !parts_.stopping;
    const bool open = response_.source || response_.channel;
    const bool chunks = open && parser_->get().version() >= 11;
    if (open && !chunks) keep_ = false;  // the end of the connection ends the answer
    stream_.SetDeadline(options().body_timeout);
    std::string begin = Head(chunks);
    if (!head_only) begin += response_.body;
    const ChannelListener listener(parts_.io, response_.channel);
    const bool begun = co_await stream_.Write(begin);
    if (!begun || head_only || !open) co_return begun;
    if (response_.channel) co_return co_await WriteChannel(listener.timer(), chunks);
    for (;;) {
      // A source that throws breaks the connection: the client sees that the answer is not whole.
      std::string piece;
      const std::function<void()> ask = [&] { piece = response_.source(); };
      co_await OnWorker(parts_, ask);
      const bool last = piece.empty();
      if (chunks) piece = ToChunk(piece);
      stream_.SetDeadline(options().body_timeout);
      if (!piece.empty() && !co_await stream_.Write(piece)) co_return false;
      if (last) co_return true;
    }
  }

  /// Sends the pieces of a channel until it ends. The connection does not count as busy: it may be
  /// closed for another one, and when the server stops.
  awaitable<bool> WriteChannel(asio::steady_timer& timer, bool chunks) {
    connection_.busy = false;
    connection_.client.clear();  // streams have a limit of their own
    const auto close = connection_.close;
    connection_.close = [close, &timer] {
      close();
      timer.cancel();
    };
    while (!parts_.stopping && connection_.close) {
      std::string piece = response_.channel->Take();
      if (piece.empty()) {
        if (response_.channel->ended()) break;
        error_code ec;
        timer.expires_at(Clock::time_point::max());
        auto token = asio::redirect_error(use_awaitable, ec);
        co_await timer.async_wait(std::move(token));
        continue;
      }
      if (chunks) piece = ToChunk(piece);
      connection_.since = Clock::now();
      stream_.SetDeadline(options().body_timeout);
      if (!co_await stream_.Write(piece)) break;
    }
    const bool whole = response_.channel->ended() && connection_.close;
    if (connection_.close) connection_.close = close;
    keep_ = false;
    if (whole && chunks) co_await stream_.Write(ToChunk(""));
    co_return whole;
  }

  /// Reads the bytes that the client still sends, for a short time: closing at once would destroy
  /// the answer on its way (TCP reset).
  awaitable<void> Drain() {
    connection_.busy = false;
    connection_.since = Clock::now();
    co_await stream_.EndWriting();
    std::vector<char> scratch(kPiece);
    stream_.SetDeadline(std::chrono::seconds(2));
    while (co_await stream_.Read(scratch.data(), scratch.size()) > 0) {
    }
  }

  HttpServerContext& parts_;
  HttpConnection& connection_;
  HttpStream& stream_;
  std::string client_;
  beast::flat_buffer buffer_{4 * kPiece};
  std::optional<Parser> parser_;
  bool header_only_ = true;
  HttpResponse response_;
  int header_problem_ = 0;  ///< status for a header that cannot be read; 0: it was read
  bool keep_ = false;
};

}  // namespace

awaitable<void> ServeConnection(HttpServerContext& parts, HttpConnection& connection,
                                asio::ip::tcp::socket socket) {
  const auto stream = HttpStream::Create(std::move(socket), parts.tls.get());
  connection.close = [raw = stream.get()] { raw->Close(); };
  stream->SetDeadline(parts.options.header_timeout);
  if (co_await stream->Begin(connection.address)) {
    ServedClient session(parts, connection, *stream);
    co_await session.Run();
    co_await stream->EndWriting();
  }
  connection.close = {};
}

}  // namespace mhcnn
