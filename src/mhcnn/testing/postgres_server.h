#pragma once

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "mhcnn/jobs/database.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn::testing_support {

/// A PostgreSQL server of a test: a cluster of its own in a scratch folder, reached by a socket in
/// that folder alone, with fsync on. It is stopped and removed with the object, and dies with the
/// test. As root it runs as the user `postgres`, as PostgreSQL refuses root.
class PostgresServer {
 public:
  /// Returns why there can be no server here; "" where there can.
  static std::string Missing() {
    if (Program("postgres").empty() || Program("initdb").empty())
      return "PostgreSQL is not installed (Debian: postgresql-15)";
    if (::geteuid() == 0 && !::getpwnam("postgres")) return "there is no user postgres";
    return "";
  }
  /// Returns the server that the tests of this process share; the first starts it.
  static PostgresServer& Shared() {
    static PostgresServer server;
    return server;
  }

  PostgresServer() {
    if (const std::string problem = Missing(); !problem.empty()) throw std::runtime_error(problem);
    if (::geteuid() == 0) {
      const passwd* user = ::getpwnam("postgres");
      if (::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error("chown failed");
    }
    const pid_t initdb = Start({Program("initdb"), "-D", Data(), "-A", "trust", "-U", "mhcnn", "-E",
                                "UTF8", "--no-sync", "--locale=C"});
    int status = 0;
    ::waitpid(initdb, &status, 0);
    if (status != 0) throw std::runtime_error("initdb failed, see " + Log());
    Launch();
  }
  ~PostgresServer() { Stop(SIGINT); }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// Makes a new empty database and returns the URL to reach it.
  std::string NewDatabase() {
    const std::string name = "test" + std::to_string(++count_);
    Database(Options("postgres")).Execute("CREATE DATABASE " + name);
    return Url(name);
  }
  /// Kills the server and its backends as a power cut would, and waits for their end: a new server
  /// does not start while one of them lives.
  void Kill() {
    const std::vector<pid_t> backends = Children();
    ::kill(server_, SIGKILL);
    for (const pid_t backend : backends) ::kill(backend, SIGKILL);
    ::waitpid(server_, nullptr, 0);
    server_ = 0;
    for (const pid_t backend : backends) {
      while (std::filesystem::exists("/proc/" + std::to_string(backend) + "/exe"))
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  /// Starts the server again after Kill().
  void Launch() {
    server_ = Start({Program("postgres"), "-D", Data(), "-k", folder_.path().string(), "-c",
                     "listen_addresses=", "-c", "max_connections=40"});
    // Until it answers: a minute at most.
    for (int i = 0; i < 1200; ++i) {
      try {
        const Database answers(Options("postgres"));
        return;
      } catch (const std::exception&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
    }
    throw std::runtime_error("PostgreSQL does not answer, see " + Log());
  }

 private:
  static std::string Program(const std::string& name) {
    std::vector<std::filesystem::path> folders = {"/usr/local/bin", "/usr/bin"};
    const std::filesystem::path debian = "/usr/lib/postgresql";
    if (std::filesystem::exists(debian)) {
      for (const auto& version : std::filesystem::directory_iterator(debian))
        folders.push_back(version.path() / "bin");
    }
    for (const auto& folder : folders)
      if (std::filesystem::exists(folder / name)) return (folder / name).string();
    return "";
  }
  /// Returns the processes that the server started.
  std::vector<pid_t> Children() const {
    const std::string task =
        "/proc/" + std::to_string(server_) + "/task/" + std::to_string(server_) + "/children";
    std::ifstream in(task);
    std::vector<pid_t> children;
    for (pid_t child = 0; in >> child;) children.push_back(child);
    return children;
  }
  std::string Data() const { return (folder_ / "data").string(); }
  std::string Log() const { return (folder_ / "log").string(); }
  std::string Url(const std::string& database) const {
    return "postgresql:///" + database + "?host=" + folder_.path().string() + "&user=mhcnn";
  }
  JobStoreOptions Options(const std::string& database) const {
    JobStoreOptions options;
    options.url = Url(database);
    return options;
  }
  /// Runs a program in a process group of its own, as a user that is not root.
  pid_t Start(const std::vector<std::string>& command) const {
    const passwd* user = ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const std::string log = Log();
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::setpgid(0, 0);
    if (user && (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    if (::chdir("/") == 0) ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  void Stop(int signal) {
    if (server_ <= 0) return;
    ::kill(server_, signal);
    ::waitpid(server_, nullptr, 0);
    server_ = 0;
  }

  ScratchFolder folder_;
  pid_t server_ = 0;
  int count_ = 0;
};

}  // namespace mhcnn::testing_support
