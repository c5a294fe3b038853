#include "mhcnn/service/web/http_stream.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <spdlog/spdlog.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <memory>
#include <string>
#include <utility>

namespace mhcnn {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::redirect_error;
using asio::use_awaitable;
using beast::error_code;

template <typename Stream>
class AsioStream : public HttpStream {
 public:
  template <typename... Arguments>
  explicit AsioStream(Arguments&&... arguments) : stream_(std::forward<Arguments>(arguments)...) {}

  void SetDeadline(std::chrono::milliseconds limit) override { lowest().expires_after(limit); }

  asio::awaitable<std::size_t> Read(char* data, std::size_t size) override {
    error_code ec;
    const std::size_t count = co_await stream_.async_read_some(asio::buffer(data, size),
                                                               redirect_error(use_awaitable, ec));
    co_return ec ? 0 : count;
  }

  asio::awaitable<bool> Write(std::string_view text) override {
    error_code ec;
    co_await asio::async_write(stream_, asio::buffer(text.data(), text.size()),
                               redirect_error(use_awaitable, ec));
    co_return !ec;
  }

  void Close() override { lowest().close(); }

 protected:
  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }
  Stream stream_;
};

class PlainStream final : public AsioStream<beast::tcp_stream> {
 public:
  using AsioStream::AsioStream;
  asio::awaitable<bool> Begin(const std::string&) override { co_return true; }
  asio::awaitable<void> EndWriting() override {
    error_code ignored;
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    co_return;
  }
  std::string ClientSubject() override { return ""; }
};

class TlsStream final : public AsioStream<beast::ssl_stream<beast::tcp_stream>> {
 public:
  using AsioStream::AsioStream;
  asio::awaitable<bool> Begin(const std::string& address) override {
    error_code ec;
    co_await stream_.async_handshake(asio::ssl::stream_base::server,
                                     redirect_error(use_awaitable, ec));
    if (ec && ec != asio::error::operation_aborted) {
      spdlog::info("web: no TLS connection with {}: {}", address, ec.message());
    }
    co_return !ec;
  }
  asio::awaitable<void> EndWriting() override {
    error_code ec;
    SetDeadline(std::chrono::seconds(2));
    if (lowest().socket().is_open()) {
      co_await stream_.async_shutdown(redirect_error(use_awaitable, ec));
    }
  }
  std::string ClientSubject() override {
    X509* certificate = ::SSL_get1_peer_certificate(stream_.native_handle());
    if (certificate == nullptr) return "";
    char* line = ::X509_NAME_oneline(::X509_get_subject_name(certificate), nullptr, 0);
    std::string subject = line == nullptr ? "" : line;
    ::OPENSSL_free(line);
    ::X509_free(certificate);
    return subject;
  }
};

}  // namespace

std::unique_ptr<HttpStream> HttpStream::Create(asio::ip::tcp::socket socket,
                                               asio::ssl::context* tls) {
  if (tls == nullptr) return std::make_unique<PlainStream>(std::move(socket));
  return std::make_unique<TlsStream>(std::move(socket), *tls);
}

}  // namespace mhcnn
