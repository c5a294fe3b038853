#include "mhcnn/service/web/http_connection.h"

#include <openssl/x509.h>
#include <spdlog/spdlog.h>

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;
using beast::error_code;
using Clock = std::chrono::steady_clock;
using Parser = http::request_parser<http::buffer_body>;

constexpr std::size_t kPiece = 65'536;  ///< of a body, for one visit to a worker

/// Runs `function` in a worker thread and goes on in the thread of the connections. Throws what it
/// throws.
asio::awaitable<void> OnWorker(HttpServerParts& parts, std::function<void()> function) {
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

/// Requests to one client, one after the other, over a plain or an encrypted stream.
template <typename Stream>
class Session {
 public:
  Session(HttpServerParts& parts, HttpConnection& connection, Stream& stream, std::string client)
      : parts_(parts), connection_(connection), stream_(stream), client_(std::move(client)) {}

  asio::awaitable<void> Run() {
    for (bool first = true; !parts_.stopping; first = false) {
      connection_.busy = false;
      connection_.since = Clock::now();
      if (!co_await ReadHeader(first ? options().header_timeout : options().idle_timeout)) {
        co_return;
      }
      connection_.busy = true;
      const auto begin = Clock::now();
      HttpRecord record;
      record.address = connection_.address;
      response_ = {};
      keep_ = parser_->keep_alive();
      if (!co_await Answer(record)) co_return;  // the client has gone
      const bool sent = co_await Write(record.method == "HEAD");
      record.status = response_.status;
      record.duration = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
      if (record.method.empty()) record.method = "other";
      if (parts_.observer) parts_.observer(record);
      if (!sent) co_return;
      if (!parser_->is_done()) {
        co_await Drain();
        co_return;
      }
      if (!keep_) co_return;
    }
  }

 private:
  const HttpServerOptions& options() const { return parts_.options; }
  auto& lowest() { return beast::get_lowest_layer(stream_); }

  /// Returns false where there is nothing to answer any more.
  asio::awaitable<bool> ReadHeader(std::chrono::milliseconds wait) {
    error_code ec;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(options().max_header_bytes));
    parser_->body_limit(options().max_body_bytes);
    header_problem_ = 0;
    if (buffer_.size() == 0) {
      lowest().expires_after(wait);
      const std::size_t count = co_await stream_.async_read_some(
          buffer_.prepare(4'096), asio::redirect_error(use_awaitable, ec));
      if (ec) co_return false;
      buffer_.commit(count);
    }
    lowest().expires_after(options().header_timeout);
    co_await http::async_read_header(stream_, buffer_, *parser_,
                                     asio::redirect_error(use_awaitable, ec));
    if (!ec) co_return true;
    if (ec == http::error::header_limit || ec == http::error::buffer_overflow) {
      header_problem_ = 431;
    } else if (ec == http::error::body_limit) {
      header_problem_ = 413;
    } else if (ec == http::error::bad_version) {
      header_problem_ = 505;
    } else if (ec.category() == http::make_error_code(http::error::bad_method).category() &&
               ec != http::error::end_of_stream && ec != http::error::partial_message) {
      header_problem_ = 400;
    }
    co_return header_problem_ != 0;
  }

  /// Sets the response. Returns false where the connection broke.
  asio::awaitable<bool> Answer(HttpRecord& record) {
    std::unique_ptr<HttpExchange> exchange;
    std::exception_ptr problem;
    bool broken = false;
    try {
      HttpRequest request = Checked();
      request.client = client_;
      const Route& route = parts_.router->Find(request);
      record.method = request.method;
      record.pattern = route.pattern;
      if (route.thread == HttpThread::kLoop) {
        if (request.has_body) throw HttpError(413, "this path takes no body");
        if (route.guard) route.guard(request);
        exchange = route.handler(request);
        response_ = exchange->Answer();
        co_return true;
      }
      co_await OnWorker(parts_, [&] {
        // In a worker: a guard may look into the store.
        if (route.guard) route.guard(request);
        exchange = route.handler(request);
        if (!request.has_body) response_ = exchange->Answer();
      });
      if (request.has_body) {
        broken = !co_await ReadBody(*exchange, request);
        if (!broken) co_await OnWorker(parts_, [&] { response_ = exchange->Answer(); });
      }
    } catch (...) {
      problem = std::current_exception();
    }
    // What a broken exchange leaves is removed from the disk.
    if (exchange) co_await OnWorker(parts_, [&] { exchange.reset(); });
    if (problem) response_ = ProblemResponse(problem);
    co_return !broken;
  }

  HttpRequest Checked() {
    if (header_problem_ == 431) throw HttpError(431, "the header is longer than the node takes");
    if (header_problem_ == 413) throw HttpError(413, "the body is larger than the node takes");
    if (header_problem_ == 505) throw HttpError(505, "the node speaks HTTP/1.1");
    if (header_problem_ != 0) throw HttpError(400, "the header cannot be read");
    HttpRequest request = ToRequest(*parser_, connection_, parts_.tls != nullptr);
    if (parser_->get().version() >= 11 && request.Field("host").empty()) {
      throw HttpError(400, "the field Host is absent");
    }
    return request;
  }

  asio::awaitable<bool> ReadBody(HttpExchange& exchange, const HttpRequest& request) {
    error_code ec;
    lowest().expires_after(options().body_timeout);
    if (ToLower(std::string(request.Field("expect"))) == "100-continue") {
      http::response<http::empty_body> go_on(http::status::continue_, 11);
      co_await http::async_write(stream_, go_on, asio::redirect_error(use_awaitable, ec));
      if (ec) co_return false;
    }
    std::vector<char> piece(kPiece);
    while (!parser_->is_done()) {
      std::size_t used = 0;
      lowest().expires_after(options().body_timeout);
      while (used < piece.size() && !parser_->is_done()) {
        auto& body = parser_->get().body();
        body.data = piece.data() + used;
        body.size = piece.size() - used;
        co_await http::async_read_some(stream_, buffer_, *parser_,
                                       asio::redirect_error(use_awaitable, ec));
        if (ec == http::error::need_buffer) ec = {};
        used = piece.size() - body.size;
        if (ec == http::error::body_limit) {
          throw HttpError(413, "the body is larger than the node takes");
        }
        if (ec == http::error::bad_chunk || ec == http::error::bad_chunk_extension ||
            ec == http::error::bad_field || ec == http::error::bad_value) {
          throw HttpError(400, "the body cannot be read");
        }
        if (ec) co_return false;
      }
      if (used > 0) {
        co_await OnWorker(parts_, [&] { exchange.Body(std::string_view(piece.data(), used)); });
      }
    }
    co_return true;
  }

  template <typename Message>
  void SetFields(Message& message) {
    message.version(11);
    message.result(static_cast<unsigned>(response_.status));
    const std::string_view reason = HttpReason(response_.status);
    message.reason({reason.data(), reason.size()});
    message.set("X-Content-Type-Options", "nosniff");
    message.set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
    message.set("Referrer-Policy", "no-referrer");
    message.set(http::field::cache_control, "no-store");
    if (parts_.tls) message.set(http::field::strict_transport_security, "max-age=31536000");
    if (!response_.content_type.empty()) {
      message.set(http::field::content_type, response_.content_type);
    }
    for (const auto& [name, value] : response_.fields) message.set(name, value);
    message.keep_alive(keep_);
  }

  /// Returns whether the whole answer was sent.
  asio::awaitable<bool> Write(bool head) {
    keep_ = keep_ && parser_->is_done() && !parts_.stopping && header_problem_ == 0;
    lowest().expires_after(options().body_timeout);
    error_code ec;
    if (response_.source && !head) co_return co_await WriteSource();
    if (head) {
      http::response<http::empty_body> message;
      SetFields(message);
      if (response_.source) {
        message.chunked(true);
      } else {
        message.content_length(response_.body.size());
      }
      co_await http::async_write(stream_, message, asio::redirect_error(use_awaitable, ec));
      co_return !ec;
    }
    http::response<http::string_body> message;
    SetFields(message);
    message.body() = std::move(response_.body);
    message.prepare_payload();
    co_await http::async_write(stream_, message, asio::redirect_error(use_awaitable, ec));
    co_return !ec;
  }

  /// Sends the pieces of a source as chunks. One that throws breaks the connection: the client sees
  /// that the answer is not whole.
  asio::awaitable<bool> WriteSource() {
    error_code ec;
    http::response<http::empty_body> message;
    SetFields(message);
    message.chunked(true);
    http::response_serializer<http::empty_body> serializer(message);
    co_await http::async_write_header(stream_, serializer, asio::redirect_error(use_awaitable, ec));
    while (!ec) {
      std::string piece;
      co_await OnWorker(parts_, [&] { piece = response_.source(); });
      lowest().expires_after(options().body_timeout);
      if (piece.empty()) {
        co_await asio::async_write(stream_, http::make_chunk_last(),
                                   asio::redirect_error(use_awaitable, ec));
        break;
      }
      co_await asio::async_write(stream_, http::make_chunk(asio::buffer(piece)),
                                 asio::redirect_error(use_awaitable, ec));
    }
    co_return !ec;
  }

  /// Reads what the client still sends, for a short time: closing at once would destroy the answer
  /// on its way (TCP reset).
  asio::awaitable<void> Drain() {
    error_code ec;
    connection_.busy = false;
    connection_.since = Clock::now();
    if constexpr (std::is_same_v<Stream, beast::tcp_stream>) {
      stream_.socket().shutdown(asio::socket_base::shutdown_send, ec);
    }
    std::vector<char> scratch(kPiece);
    ec = {};
    lowest().expires_after(std::chrono::seconds(2));
    while (!ec) {
      co_await lowest().async_read_some(asio::buffer(scratch),
                                        asio::redirect_error(use_awaitable, ec));
    }
  }

  HttpServerParts& parts_;
  HttpConnection& connection_;
  Stream& stream_;
  std::string client_;
  beast::flat_buffer buffer_{2 * kPiece};
  std::optional<Parser> parser_;
  HttpResponse response_;
  int header_problem_ = 0;  ///< status for a header that cannot be read; 0: it was read
  bool keep_ = false;
};

std::string ClientSubject(SSL* ssl) {
  X509* certificate = SSL_get1_peer_certificate(ssl);
  if (certificate == nullptr) return "";
  char* line = X509_NAME_oneline(X509_get_subject_name(certificate), nullptr, 0);
  std::string subject = line == nullptr ? "" : line;
  OPENSSL_free(line);
  X509_free(certificate);
  return subject;
}

}  // namespace

asio::awaitable<void> ServeConnection(HttpServerParts& parts, HttpConnection& connection,
                                      asio::ip::tcp::socket socket) {
  if (!parts.tls) {
    beast::tcp_stream stream(std::move(socket));
    connection.close = [&stream] { stream.close(); };
    Session<beast::tcp_stream> session(parts, connection, stream, "");
    co_await session.Run();
    connection.close = {};
    error_code ignored;
    stream.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    co_return;
  }
  beast::ssl_stream<beast::tcp_stream> stream(std::move(socket), *parts.tls);
  auto& lowest = beast::get_lowest_layer(stream);
  connection.close = [&lowest] { lowest.close(); };
  error_code ec;
  lowest.expires_after(parts.options.header_timeout);
  co_await stream.async_handshake(asio::ssl::stream_base::server,
                                  asio::redirect_error(use_awaitable, ec));
  if (!ec) {
    Session<beast::ssl_stream<beast::tcp_stream>> session(parts, connection, stream,
                                                          ClientSubject(stream.native_handle()));
    co_await session.Run();
    lowest.expires_after(std::chrono::seconds(2));
    if (lowest.socket().is_open()) {
      co_await stream.async_shutdown(asio::redirect_error(use_awaitable, ec));
    }
  } else if (ec != asio::error::operation_aborted) {
    spdlog::info("web: no TLS connection with {}: {}", connection.address, ec.message());
  }
  connection.close = {};
}

}  // namespace mhcnn
