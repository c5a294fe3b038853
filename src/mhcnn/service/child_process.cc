#include "mhcnn/service/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "mhcnn/base/error.h"
#include "mhcnn/service/readiness.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kFirstDelay{200}, kLongestDelay{5'000}, kGoodWork{10'000};

/// Runs the part in the child process. Only calls that are safe after a fork.
[[noreturn]] void Become(const char* program, char* const* arguments, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(signal, SIG_DFL);
  ::execv(program, arguments);
  ::_exit(127);
}

std::string HowItEnded(int status) {
  if (WIFSIGNALED(status)) return "was killed by signal " + std::to_string(WTERMSIG(status));
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

ChildProcess::ChildProcess(ProcessSpec part, std::string program)
    : part_(std::move(part)), program_(std::move(program)) {}

void ChildProcess::Start(Time now) {
  int pipe[2];
  if (::pipe2(pipe, O_NONBLOCK) != 0) {
    throw Error(ErrorCode::kIo, std::string("cannot make a pipe: ") + std::strerror(errno));
  }
  ::fcntl(pipe[0], F_SETFD, FD_CLOEXEC);
  ::setenv(kReadyPipe, std::to_string(pipe[1]).c_str(), 1);
  std::vector<char*> arguments{program_.data()};
  for (auto& argument : part_.arguments) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) Become(program_.c_str(), arguments.data(), parent);
  const int code = errno;
  ::unsetenv(kReadyPipe);
  ::close(pipe[1]);
  if (child < 0) {
    ::close(pipe[0]);
    throw Error(ErrorCode::kIo, std::string("cannot start a process: ") + std::strerror(code),
                part_.name);
  }
  pid_ = child;
  ready_pipe_ = pipe[0];
  ready_ = false;
  started_ = now;
}

void ChildProcess::PollReady() {
  char letter = 0;
  if (ready_pipe_ < 0) return;
  const auto count = ::read(ready_pipe_, &letter, 1);
  if (count < 0 && errno == EAGAIN) return;
  ready_ = count == 1;
  ClosePipe();
}

void ChildProcess::Send(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

void ChildProcess::Ended(int status, Time now) {
  delay_ =
      now - started_ > kGoodWork ? kFirstDelay : std::clamp(2 * delay_, kFirstDelay, kLongestDelay);
  next_start_ = now + delay_;
  if (!(WIFEXITED(status) && WEXITSTATUS(status) == 0))
    spdlog::warn("{} {}", part_.name, HowItEnded(status));
  pid_ = 0;
  ready_ = false;
  ClosePipe();
}

void ChildProcess::ClosePipe() {
  if (ready_pipe_ >= 0) ::close(ready_pipe_);
  ready_pipe_ = -1;
}

}  // namespace mhcnn
