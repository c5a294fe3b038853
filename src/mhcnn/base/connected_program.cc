#include "mhcnn/base/connected_program.h"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

constexpr std::chrono::milliseconds kPatience{5'000}, kStep{20};

/// Two connected sockets, closed in programs that are started meanwhile.
std::array<int, 2> MakeSockets() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw Error(ErrorCode::kIo, std::string("cannot make a socket: ") + std::strerror(errno));
  return ends;
}

/// How the program starts: with the socket, in a process group of its own, with usual signals.
struct SpawnSettings {
  explicit SpawnSettings(int socket) {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    ::posix_spawnattr_init(&attributes);
    sigset_t none, usual;
    ::sigemptyset(&none);
    ::sigemptyset(&usual);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ})
      ::sigaddset(&usual, signal);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &usual);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

bool HasEnded(pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) != 0; }

}  // namespace

ConnectedProgram::ConnectedProgram(const std::vector<std::string>& command) {
  const auto [mine, theirs] = MakeSockets();
  socket_.Reset(mine);
  const FileDescriptor other(theirs);
  const SpawnSettings settings(theirs);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int failure = ::posix_spawn(&pid_, arguments[0], &settings.actions, &settings.attributes,
                                    arguments.data(), environ);
  if (failure != 0) {
    throw Error(ErrorCode::kIo, std::string("cannot be started: ") + std::strerror(failure),
                command.front());
  }
}

ConnectedProgram::~ConnectedProgram() {
  socket_.Close();
  for (std::chrono::milliseconds waited{0}; waited < kPatience; waited += kStep) {
    if (HasEnded(pid_)) return;
    std::this_thread::sleep_for(kStep);
  }
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace mhcnn
