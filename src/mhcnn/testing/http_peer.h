#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace mhcnn::testing_support {

/// A server on 127.0.0.1 that reads whole requests, keeps them, and sends what the function returns
/// for each; "" leaves the request without an answer.
class HttpPeer {
 public:
  explicit HttpPeer(std::function<std::string(const std::string& request)> answer)
      : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no port on 127.0.0.1");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~HttpPeer() {
    ends_ = true;
    thread_.join();
    ::close(listener_);
  }
  HttpPeer(const HttpPeer&) = delete;
  HttpPeer& operator=(const HttpPeer&) = delete;

  std::string Url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  /// Returns the requests so far, head and body.
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  /// Returns the answer with this status line, header lines and body.
  static std::string Answer(const std::string& status, const std::string& body,
                            const std::string& headers = "") {
    return "HTTP/1.1 " + status + "\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
           body;
  }

 private:
  bool WaitFor(int socket) const {
    while (!ends_) {
      pollfd one{socket, POLLIN, 0};
      if (::poll(&one, 1, 20) > 0) return true;
    }
    return false;
  }

  static bool IsWhole(const std::string& request) {
    const auto end = request.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const auto length = request.find("Content-Length: ");
    const std::size_t body =
        length < end ? std::stoul(request.substr(length + 16, 12)) : std::size_t{0};
    return request.size() >= end + 4 + body;
  }

  void Serve() {
    while (WaitFor(listener_)) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      std::string request;
      char buffer[65536];
      while (!IsWhole(request) && WaitFor(socket)) {
        const ssize_t count = ::recv(socket, buffer, sizeof(buffer), 0);
        if (count <= 0) break;
        request.append(buffer, static_cast<std::size_t>(count));
      }
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const std::string text = answer_(request);
      if (text.empty()) {
        WaitFor(socket);  // until the other side gives up
      } else {
        ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
      }
      ::close(socket);
    }
  }

  std::function<std::string(const std::string&)> answer_;
  int listener_, port_ = 0;
  std::atomic<bool> ends_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace mhcnn::testing_support
