#include "mhcnn/service/child_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

ChildProcess Shell(const std::string& script) {
  return ChildProcess({"part", {"-c", script}}, "/bin/sh");
}

int WaitFor(const ChildProcess& child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child.pid(), &status, 0), child.pid());
  return status;
}

TEST(ChildProcess, IsReadyOnceItsPipeSaysSo) {
  auto child = Shell("eval \"printf R >&$MHCNN_READY_FD\"; exec sleep 30");
  child.Start(Clock::now());
  for (int i = 0; i < 500 && !child.ready(); ++i) {
    std::this_thread::sleep_for(milliseconds(10));
    child.PollReady();
  }
  EXPECT_TRUE(child.ready());
  child.Send(SIGTERM);
  const int status = WaitFor(child);
  EXPECT_TRUE(WIFSIGNALED(status));
  child.Ended(status, Clock::now());
  EXPECT_FALSE(child.ready());
  EXPECT_EQ(child.pid(), 0);
}

TEST(ChildProcess, ExitBeforeSignalIsNotReady) {
  auto child = Shell("exit 3");
  child.Start(Clock::now());
  const int status = WaitFor(child);
  EXPECT_EQ(WEXITSTATUS(status), 3);
  child.PollReady();
  EXPECT_FALSE(child.ready());
  child.Ended(status, Clock::now());
}

TEST(ChildProcess, WaitsLongerAfterEachQuickEnd) {
  auto child = Shell("exit 0");
  const auto start = Clock::now();
  std::vector<milliseconds> delays;
  for (int i = 0; i < 10; ++i) {
    child.Start(start);
    child.Ended(WaitFor(child), start);
    delays.push_back(std::chrono::duration_cast<milliseconds>(child.next_start() - start));
  }
  EXPECT_EQ(delays.front(), milliseconds(200));
  EXPECT_EQ(delays[3], milliseconds(1600));
  EXPECT_EQ(delays.back(), milliseconds(5'000));
  child.Start(start);
  child.Ended(WaitFor(child), start + std::chrono::minutes(2));  // it had worked for two minutes
  EXPECT_EQ(child.next_start() - (start + std::chrono::minutes(2)), milliseconds(200));
}

}  // namespace
}  // namespace mhcnn
