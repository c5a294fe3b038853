#pragma once

// Before boost/asio/awaitable.hpp, which in version 1.74 uses it and does not include it.
#include <utility>
//
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// Stream of bytes to and from one client, plain or over TLS. For the thread of all connections.
class HttpStream {
 public:
  virtual ~HttpStream() = default;

  /// Sets the time from now after which reading and writing fail.
  virtual void SetDeadline(std::chrono::milliseconds limit) = 0;
  /// Reads the bytes that have arrived, at most `size`. Returns 0 at the end, at the deadline and
  /// where the connection broke.
  virtual boost::asio::awaitable<std::size_t> Read(char* data, std::size_t size) = 0;
  /// Writes the whole text. Returns false where the connection broke, and at the deadline.
  virtual boost::asio::awaitable<bool> Write(std::string_view text) = 0;
  /// Tells the client that nothing more will come.
  virtual boost::asio::awaitable<void> EndWriting() = 0;
  /// Ends the connection at once, and the calls that wait for it.
  virtual void Close() = 0;
  /// Does the handshake. Logs the reason and returns false where it fails.
  virtual boost::asio::awaitable<bool> Begin(const std::string& address) = 0;
  /// Returns the subject of the client's certificate, "" without one.
  virtual std::string ClientSubject() = 0;

  /// Makes the stream of a connection; `tls` null: plain.
  static std::unique_ptr<HttpStream> Create(boost::asio::ip::tcp::socket socket,
                                            boost::asio::ssl::context* tls);
};

/// Makes the TLS side of a server: TLS 1.2 and later. Throws Error for files that cannot be used.
std::unique_ptr<boost::asio::ssl::context> MakeTlsContext(const TlsConfig& config);

}  // namespace mhcnn
