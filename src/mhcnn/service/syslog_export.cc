#include "mhcnn/service/syslog_export.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/base/host_name.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

constexpr int kAtOnce = 500, kWaitMilliseconds = 2'000;
constexpr std::chrono::seconds kRetry{10};
constexpr const char* kExporter = "syslog";

/// PRINTUSASCII without spaces, at most `longest` characters; "-" for nothing (RFC 5424, 6.2).
std::string HeaderField(const std::string& text, std::size_t longest) {
  std::string field;
  for (const char c : text) {
    if (field.size() == longest) break;
    field += c > 32 && c < 127 ? c : '_';
  }
  return field.empty() ? "-" : field;
}

int Severity(const std::string& outcome) {
  if (outcome == "0") return 5;   // notice
  if (outcome == "4") return 4;   // warning
  return outcome == "8" ? 3 : 2;  // error, critical
}

bool WaitFor(int fd, short events) {
  pollfd poll{fd, events, 0};
  return ::poll(&poll, 1, kWaitMilliseconds) == 1;  // an error is seen by the next call
}

}  // namespace

std::string SyslogMessage(const AuditRecord& record, const std::string& host,
                          const std::string& application) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(record.at);
  return fmt::format("<{}>1 {:%Y-%m-%dT%H:%M:%S}.{:03}Z {} {} {} DICOM+RFC3881 - \xEF\xBB\xBF{}",
                     10 * 8 + Severity(record.outcome),
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (record.at - seconds).count(), HeaderField(host, 255),
                     HeaderField(application, 48), ::getpid(), record.message);
}

SyslogExport::SyslogExport(const ServiceConfig& config)
    : target_(config.audit.syslog), application_(config.name) {
  own_host_ = HostName();
  if (target_.empty() || !config.audit.enabled) return;
  if (target_.front() == '/') {
    kind_ = Kind::kSocket;
    host_ = target_;
    if (host_.size() < sizeof(sockaddr_un::sun_path)) return;
  }
  for (const auto& [scheme, kind] : {std::pair{"udp://", Kind::kUdp}, {"tcp://", Kind::kTcp}}) {
    if (target_.rfind(scheme, 0) != 0) continue;
    const std::string rest = target_.substr(std::strlen(scheme));
    const auto colon = rest.rfind(':');
    if (colon == std::string::npos || colon == 0) break;
    host_ = rest.substr(0, colon);
    if (host_.size() > 2 && host_.front() == '[') host_ = host_.substr(1, host_.size() - 2);
    port_ = rest.substr(colon + 1);
    if (port_.empty() || port_.size() > 5 ||
        port_.find_first_not_of("0123456789") != std::string::npos) {
      break;
    }
    kind_ = kind;
    return;
  }
  throw Error(ErrorCode::kUsage, "is not a syslog server",
              "audit.syslog = " + ToDisplayText(target_),
              "write /dev/log, udp://host:port or tcp://host:port");
}

SyslogExport::~SyslogExport() { Disconnect(); }

void SyslogExport::Disconnect() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void SyslogExport::Failed(const std::string& why) {
  Disconnect();
  next_try_ = std::chrono::steady_clock::now() + kRetry;
  if (!failing_) {
    spdlog::error("audit events wait: the syslog server {} does not accept them ({})",
                  ToDisplayText(target_), why);
  }
  failing_ = true;
}

bool SyslogExport::Connect() {
  if (fd_ >= 0) return true;
  if (kind_ == Kind::kSocket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, host_.c_str(), sizeof(address.sun_path) - 1);
    fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ >= 0 && ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
      return true;
    }
    Failed(std::strerror(errno));
    return false;
  }
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = kind_ == Kind::kUdp ? SOCK_DGRAM : SOCK_STREAM;
  if (const int code = ::getaddrinfo(host_.c_str(), port_.c_str(), &hints, &found); code != 0) {
    Failed(::gai_strerror(code));
    return false;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  fd_ = ::socket(found->ai_family, found->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ >= 0 && ::connect(fd_, found->ai_addr, found->ai_addrlen) == 0) return true;
  if (fd_ < 0 || errno != EINPROGRESS) {
    Failed(std::strerror(errno));
    return false;
  }
  int problem = ETIMEDOUT;
  socklen_t size = sizeof(problem);
  if (WaitFor(fd_, POLLOUT)) ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &problem, &size);
  if (problem == 0) return true;
  Failed(std::strerror(problem));
  return false;
}

bool SyslogExport::Send(const std::string& message) {
  // A stream holds the length before each message (RFC 6587, 3.4.1).
  const std::string frame =
      kind_ == Kind::kTcp ? fmt::format("{} {}", message.size(), message) : message;
  if (kind_ == Kind::kTcp) {
    // A server that went away is seen by the end of its stream, before events are lost in it.
    char byte = 0;
    if (::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) {
      Disconnect();
      if (!Connect()) return false;
    }
  }
  std::size_t sent = 0;
  while (sent < frame.size()) {
    const auto count = ::send(fd_, frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
    if (count >= 0) {
      sent += count;
      continue;
    }
    if (errno == EINTR) continue;
    if ((errno == EAGAIN || errno == EWOULDBLOCK) && WaitFor(fd_, POLLOUT)) continue;
    Failed(std::strerror(errno));
    return false;
  }
  return true;
}

int SyslogExport::Step(JobStore& store) {
  if (kind_ == Kind::kNone || std::chrono::steady_clock::now() < next_try_) return 0;
  const std::int64_t begin = store.audit().Exported(kExporter);
  const auto records = store.audit().After(begin, kAtOnce);
  std::int64_t last = begin;
  int sent = 0;
  for (const AuditRecord& record : records) {
    if (!Connect() || !Send(SyslogMessage(record, own_host_, application_))) break;
    last = record.id;
    ++sent;
    if (failing_)
      spdlog::info("the syslog server {} takes audit events again", ToDisplayText(target_));
    failing_ = false;
  }
  if (last != begin) store.audit().SetExported(kExporter, last);
  return sent;
}

}  // namespace mhcnn
