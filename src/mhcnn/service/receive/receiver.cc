#include "mhcnn/service/receive/receiver.h"

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <memory>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file_descriptor.h"
#include "mhcnn/base/log.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/service/dicom_tls.h"
#include "mhcnn/service/object_folder.h"
#include "mhcnn/service/process_heartbeat.h"
#include "mhcnn/service/receive/association.h"
#include "mhcnn/service/receive/listening_socket.h"
#include "mhcnn/service/receive/pending_connections.h"

namespace mhcnn {
namespace {

using Clock = PendingConnections::Clock;
constexpr std::chrono::milliseconds kPresencePeriod{10'000};

[[noreturn]] void ThrowSystem(const std::string& subject, const std::string& what, int code) {
  throw Error(ErrorCode::kIo, what + ": " + std::strerror(code), subject);
}

sigset_t HandledSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int one : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&signals, one);
  return signals;
}

/// Blocks the signals that are read from a descriptor, during its lifetime.
class BlockedSignals {
 public:
  BlockedSignals() {
    const sigset_t signals = HandledSignals();
    ::sigprocmask(SIG_BLOCK, &signals, &before_);
  }
  ~BlockedSignals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

PendingConnections::Limits PendingLimits(const ReceiveConfig& config) {
  PendingConnections::Limits limits;
  limits.tls = config.tls.on();
  limits.patience = config.association_timeout;
  return limits;
}

class Receiver {
 public:
  Receiver(ServiceConfig config, const ReceiverHooks& hooks)
      : config_(std::move(config)),
        hooks_(hooks),
        folder_(config_.objects),
        listener_(OpenListeningSocket(config_.receive.address, config_.receive.port)),
        pending_(PendingLimits(config_.receive)) {
    const sigset_t handled = HandledSignals();
    signals_ =
        std::make_unique<FileDescriptor>(::signalfd(-1, &handled, SFD_NONBLOCK | SFD_CLOEXEC));
    if (config_.receive.tls.on()) tls_ = MakeDicomTls(config_.receive.tls, NET_ACCEPTOR);
  }

  int Run() {
    const int port = FindSocketPort(listener_.get());
    spdlog::info("listening on {}{}", AddressAndPort(config_.receive.address, port),
                 tls_ ? " with TLS" : "");
    if (hooks_.listening) hooks_.listening(port);
    while (!stopping_ || !children_.empty()) Step();
    spdlog::info("the DICOM port is closed");
    return 0;
  }

 private:
  struct Child {
    std::string address;
    Clock::time_point deadline;
    bool killed = false;
  };

  void Step() {
    std::vector<pollfd> polled = {{signals_->get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    pending_.AddTo(polled);
    auto next = pending_.NextDeadline();
    for (const auto& [pid, child] : children_) {
      if (!child.killed) next = std::min(next, child.deadline);
    }
    int wait_ms = -1;
    if (next != Clock::time_point::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
      wait_ms = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
    }
    if (hooks_.sends_heartbeat && (wait_ms < 0 || wait_ms > kPresencePeriod.count()))
      wait_ms = static_cast<int>(kPresencePeriod.count());
    if (::poll(polled.data(), polled.size(), wait_ms) < 0 && errno != EINTR) {
      ThrowSystem("poll", "failed", errno);
    }
    HandleSignals();
    KillLate();
    if (stopping_) return;
    TellPresence();
    if (polled[1].revents != 0) Accept();
    for (const auto& connection : pending_.Take(polled, Clock::now())) Serve(connection);
  }

  /// Sends the heartbeat in a process of its own: a slow store must not delay the receiver.
  void TellPresence() {
    if (!hooks_.sends_heartbeat || Clock::now() < next_presence_) return;
    next_presence_ = Clock::now() + kPresencePeriod;
    if (presence_child_ > 0) return;  // the store has not answered yet
    presence_child_ = ::fork();
    if (presence_child_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    listener_.Close();
    pending_.CloseAll();
    signals_->Close();
    presence_.Tick();
    spdlog::default_logger()->flush();
    ::_exit(0);
  }

  void HandleSignals() {
    signalfd_siginfo info{};
    while (::read(signals_->get(), &info, sizeof info) == sizeof info) {
      if (info.ssi_signo == SIGCHLD) Reap();
      if (info.ssi_signo == SIGHUP) Reload();
      if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) Stop();
    }
  }

  void Reap() {
    if (presence_child_ > 0 && ::waitpid(presence_child_, nullptr, WNOHANG) == presence_child_)
      presence_child_ = 0;
    for (auto child = children_.begin(); child != children_.end();) {
      int status = 0;
      if (::waitpid(child->first, &status, WNOHANG) != child->first) {
        ++child;
        continue;
      }
      const std::string& address = child->second.address;
      if (WIFSIGNALED(status)) {
        spdlog::error("the process of an association of {} was ended by signal {}", address,
                      WTERMSIG(status));
      } else if (WEXITSTATUS(status) == static_cast<int>(AssociationEnd::kTimedOut)) {
        spdlog::warn("an association of {} took too long", address);
      }
      child = children_.erase(child);
    }
  }

  void Reload() {
    if (!hooks_.reload) return;
    auto config = hooks_.reload();
    if (!config) return;
    const ReceiveConfig& before = config_.receive;
    if (config->receive.address != before.address || config->receive.port != before.port ||
        config->receive.tls.on() != before.tls.on() || config->objects != config_.objects) {
      spdlog::warn(
          "changes of address, port, TLS and object folder take effect when the node starts again");
      config->receive.address = before.address;
      config->receive.port = before.port;
      config->objects = config_.objects;
      if (config->receive.tls.on() != before.tls.on()) config->receive.tls = before.tls;
    }
    try {
      if (config->receive.tls.on()) tls_ = MakeDicomTls(config->receive.tls, NET_ACCEPTOR);
      config_ = std::move(*config);
      spdlog::info("the configuration was read again");
    } catch (const Error& e) {
      spdlog::error("{}: the configuration was not changed", e.what());
    }
  }

  void Stop() {
    if (stopping_) return;
    stopping_ = true;
    listener_.Close();
    pending_.CloseAll();
    const auto end = Clock::now() + hooks_.grace;
    for (auto& [pid, child] : children_) {
      ::kill(pid, SIGTERM);
      child.deadline = std::min(child.deadline, end);
    }
  }

  void KillLate() {
    const auto now = Clock::now();
    for (auto& [pid, child] : children_) {
      if (child.killed || child.deadline > now) continue;
      spdlog::warn("an association of {} takes too long and is killed", child.address);
      ::kill(pid, SIGKILL);
      child.killed = true;
    }
  }

  void Accept() {
    // A limited number at once, so that signals and waiting connections are not delayed.
    for (int i = 0; i < 64; ++i) {
      sockaddr_storage from{};
      socklen_t size = sizeof from;
      const int fd = ::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&from), &size,
                               SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE) {
          spdlog::error("there are too many open connections");
          pending_.CloseAll();
        }
        return;
      }
      const std::string address = PeerAddress(from);
      if (config_.receive.allow.AllowsAddress(address)) {
        pending_.Add(fd, address, Clock::now());
      } else {
        LogForeign(address);
        ::close(fd);
      }
    }
  }

  /// Logs at most one line a second, so that a peer cannot fill the log.
  void LogForeign(const std::string& address) {
    ++foreign_;
    const auto now = Clock::now();
    if (now - foreign_logged_ < std::chrono::seconds(1)) return;
    foreign_logged_ = now;
    spdlog::warn("{}: connection closed: the address is not in receive.allow ({} so far)", address,
                 foreign_);
  }

  void Serve(const PendingConnections::Connection& connection) {
    const ReceiveConfig& limits = config_.receive;
    const auto of_peer = std::count_if(children_.begin(), children_.end(), [&](const auto& child) {
      return child.second.address == connection.address;
    });
    if (static_cast<int>(children_.size()) >= limits.max_associations ||
        of_peer >= limits.max_associations_per_peer) {
      spdlog::warn("association of {} is rejected: {} associations, {} of this address",
                   connection.address, children_.size(), of_peer);
      pending_.Refuse(connection, Clock::now());
      return;
    }
    const pid_t pid = ::fork();
    if (pid == 0) ServeInChild(connection);
    if (pid < 0) {
      spdlog::error("no process could be started for an association: {}", std::strerror(errno));
      pending_.Refuse(connection, Clock::now());
      return;
    }
    ::close(connection.fd);
    children_[pid] = {connection.address, Clock::now() + limits.association_limit};
  }

  [[noreturn]] void ServeInChild(const PendingConnections::Connection& connection) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    listener_.Close();
    pending_.CloseAll();
    signals_->Close();
    AssociationEnd end = AssociationEnd::kFailed;
    try {
      end = ServeAssociation({config_, folder_, tls_.get()}, connection.fd, connection.address);
    } catch (...) {
      // The exit status reports it.
    }
    spdlog::default_logger()->flush();
    ::_exit(static_cast<int>(end));
  }

  // Done before anything that may throw, so that no signal is lost.
  BlockedSignals blocked_;
  ServiceConfig config_;
  const ReceiverHooks& hooks_;
  ObjectFolder folder_;
  FileDescriptor listener_;
  PendingConnections pending_;
  std::unique_ptr<FileDescriptor> signals_;
  std::unique_ptr<DcmTLSTransportLayer> tls_;
  std::map<pid_t, Child> children_;
  ProcessHeartbeat presence_{config_, "receive"};
  pid_t presence_child_ = 0;
  Clock::time_point next_presence_{};
  bool stopping_ = false;
  std::uint64_t foreign_ = 0;
  Clock::time_point foreign_logged_{};
};

}  // namespace

int RunReceiver(ServiceConfig config, const ReceiverHooks& hooks) {
  // Done before the first fork, so that not each child loads the dictionary.
  InitDcmtk();
  return Receiver(std::move(config), hooks).Run();
}

}  // namespace mhcnn
