#include "mhcnn/service/supervisor.h"

#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <list>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/service/audit.h"
#include "mhcnn/service/child_process.h"
#include "mhcnn/service/service_manager.h"

namespace mhcnn {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTick{100};

/// The processes of a node.
class Supervisor {
 public:
  Supervisor(ServiceConfig config, SupervisorOptions options)
      : config_(std::move(config)), options_(std::move(options)) {
    for (auto& part : ListNodeProcesses(config_, options_.config))
      children_.emplace_back(part, options_.program);
  }

  /// One round: what ended is noted, what is due is started.
  void Step() {
    Reap();
    const auto now = Clock::now();
    for (auto& child : children_) {
      if (child.pid() == 0 && now >= child.next_start()) child.Start(now);
      child.PollReady();
    }
    if (!told_ready_ && std::ranges::all_of(children_, &ChildProcess::ready)) {
      told_ready_ = true;
      spdlog::info("node {} is ready: {} parts", config_.name, children_.size());
      manager_.Ready();
    }
    manager_.Ping();
  }

  void Reload() {
    ServiceConfig config;
    try {
      config = ReadServiceConfig(options_.config);
    } catch (const Error& e) {
      spdlog::error("the new configuration is not used; the node continues with the old one: {}",
                    e.what());
      return;
    }
    manager_.Reloading();
    config_ = std::move(config);
    auto parts = ListNodeProcesses(config_, options_.config);
    std::erase_if(children_, [&](const ChildProcess& child) {
      const auto same = [&](const ProcessSpec& part) { return part.name == child.part().name; };
      const auto found = std::ranges::find_if(parts, same);
      const bool stays = found != parts.end();
      child.Send(stays && child.part().reloads ? SIGHUP : SIGTERM);
      if (stays) parts.erase(found);
      if (!stays && child.pid() != 0) leaving_.push_back(child.part().name);
      return !stays && child.pid() == 0;
    });
    for (auto& part : parts) children_.emplace_back(part, options_.program);
    told_ready_ = false;
    spdlog::info("the configuration was read again");
  }

  /// Asks all to end, waits, and kills those that do not.
  void Stop() {
    manager_.Stopping();
    for (const auto& child : children_) child.Send(SIGTERM);
    const auto end = Clock::now() + options_.stop_timeout;
    while (Running() && Clock::now() < end) {
      ::usleep(20'000);
      Reap();
    }
    for (const auto& child : children_) {
      if (child.pid() == 0) continue;
      spdlog::warn("{} did not end in time and is killed", child.part().name);
      child.Send(SIGKILL);
    }
    while (Running() && ::waitpid(-1, nullptr, 0) > 0) {
    }
  }

 private:
  bool Running() const {
    return std::ranges::any_of(children_, [](const auto& child) { return child.pid() != 0; });
  }

  void Reap() {
    int status = 0;
    for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      for (auto child = children_.begin(); child != children_.end(); ++child) {
        if (child->pid() != pid) continue;
        child->Ended(status, Clock::now());
        const auto leaving = std::ranges::find(leaving_, child->part().name);
        if (leaving != leaving_.end()) {
          leaving_.erase(leaving);
          children_.erase(child);
        }
        break;
      }
    }
  }

  ServiceConfig config_;
  SupervisorOptions options_;
  std::list<ChildProcess> children_;
  std::list<std::string> leaving_;  ///< parts that the new configuration does not have
  ServiceManager manager_;
  bool told_ready_ = false;
};

sigset_t MakeSignalSet() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) ::sigaddset(&signals, signal);
  return signals;
}

}  // namespace

void SupervisorOptions::Check() const {
  if (config.empty()) throw Error(ErrorCode::kUsage, "config must name the configuration file");
  if (program.empty()) throw Error(ErrorCode::kUsage, "program must name the executable");
  CheckAtLeast("stop_timeout", static_cast<double>(stop_timeout.count()), 1);
}

int RunSupervisor(const ServiceConfig& config, const SupervisorOptions& options) {
  options.Check();
  const sigset_t signals = MakeSignalSet();
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  Supervisor supervisor(config, options);
  for (;;) {
    supervisor.Step();
    const timespec tick{0, std::chrono::nanoseconds(kTick).count()};
    const int signal = ::sigtimedwait(&signals, nullptr, &tick);
    if (signal == SIGTERM || signal == SIGINT) break;
    if (signal == SIGHUP) supervisor.Reload();
  }
  spdlog::info("node {} stops", config.name);
  supervisor.Stop();
  return 0;
}

}  // namespace mhcnn
