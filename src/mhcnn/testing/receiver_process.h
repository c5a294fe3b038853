#pragma once

// The DICOM door of a node in a process of its own, for tests of its network side.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "mhcnn/base/log.h"
#include "mhcnn/service/receive/receiver.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn::testing_support {

/// Waits until a condition is true; returns false where it is not within the time.
inline bool Eventually(const std::function<bool()>& holds,
                       std::chrono::milliseconds patience = std::chrono::seconds(20)) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

/// Runs RunReceiver() on a free port of 127.0.0.1 until the end of the object.
class ReceiverProcess {
 public:
  using Change = std::function<void(ServiceConfig&)>;

  explicit ReceiverProcess(const Change& change = {}, const ReceiverHooks& hooks = {}) {
    config_.store.url = "sqlite:" + (scratch_ / "node.db").string();
    config_.objects = scratch_ / "objects";
    config_.receive.port = 0;
    config_.receive.association_timeout = std::chrono::seconds(5);
    config_.receive.message_timeout = std::chrono::seconds(5);
    config_.retention.reserve_bytes = 0;
    if (change) change(config_);
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      Run(ends[1], hooks);
    }
    ::close(ends[1]);
    if (::read(ends[0], &port_, sizeof port_) != sizeof port_) port_ = 0;
    ::close(ends[0]);
  }
  ~ReceiverProcess() {
    if (pid_ > 0) Signal(SIGKILL);
    Wait();
  }
  ReceiverProcess(const ReceiverProcess&) = delete;
  ReceiverProcess& operator=(const ReceiverProcess&) = delete;

  int port() const { return port_; }
  pid_t pid() const { return pid_; }
  const ServiceConfig& config() const { return config_; }
  const ScratchFolder& scratch() const { return scratch_; }
  void Signal(int number) const { ::kill(pid_, number); }
  /// Waits for its end and returns the exit status; 1000 and the signal where one ended it.
  int Wait() {
    if (pid_ <= 0) return -1;
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }
  /// Returns what it and its associations have logged so far.
  std::string Log() const {
    std::ostringstream text;
    text << std::ifstream(scratch_ / "log").rdbuf();
    return text.str();
  }
  bool Logs(const std::string& text) const {
    return Eventually([&] { return Log().find(text) != std::string::npos; });
  }
  /// Returns the process ids of its associations.
  std::vector<pid_t> Children() const {
    std::vector<pid_t> children;
    std::ifstream list("/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) +
                       "/children");
    for (pid_t child = 0; list >> child;) children.push_back(child);
    return children;
  }

 private:
  [[noreturn]] void Run(int pipe, ReceiverHooks hooks) {
    int status = 1;
    if (std::freopen((scratch_ / "log").c_str(), "w", stderr) != nullptr) {
      try {
        InitLogging(1);
        hooks.listening = [&](int port) {
          [[maybe_unused]] const auto n = ::write(pipe, &port, sizeof port);
        };
        status = RunReceiver(config_, hooks);
      } catch (const std::exception& e) {
        std::fprintf(stderr, "error: %s\n", e.what());
      }
    }
    ::_exit(status);
  }

  ScratchFolder scratch_;
  ServiceConfig config_;
  pid_t pid_ = 0;
  int port_ = 0;
};

}  // namespace mhcnn::testing_support
