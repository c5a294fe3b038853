#include "mhcnn/service/receive/deadline.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace mhcnn {
namespace {

using std::chrono::milliseconds;

/// Returns the exit status of a process that runs the function.
int GetStatus(const std::function<void()>& run) {
  const pid_t child = ::fork();
  if (child == 0) {
    run();
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Deadline, EndsAProcessThatHangs) {
  const int status = GetStatus([] {
    const Deadline deadline(milliseconds(50));
    for (;;) ::pause();
  });
  EXPECT_EQ(status, kDeadlineStatus);
}

TEST(Deadline, DisarmedDeadlineDoesNotKill) {
  const int status = GetStatus([] {
    { const Deadline deadline(milliseconds(50)); }
    ::usleep(100'000);
  });
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace mhcnn
