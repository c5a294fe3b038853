#include "mhcnn/service/readiness.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace mhcnn {
namespace {

TEST(SignalReady, WritesOnceToThePipeOfTheSupervisor) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  ::setenv(kReadyPipe, std::to_string(pipe[1]).c_str(), 1);
  SignalReady();
  SignalReady();
  char text[4] = {};
  EXPECT_EQ(::read(pipe[0], text, sizeof text), 1);
  EXPECT_EQ(text[0], 'R');
  EXPECT_EQ(::read(pipe[0], text, sizeof text), 0);  // closed
  EXPECT_EQ(std::getenv(kReadyPipe), nullptr);
  ::close(pipe[0]);
}

TEST(SignalReady, DoesNothingWithoutASupervisor) {
  ::unsetenv(kReadyPipe);
  EXPECT_NO_THROW(SignalReady());
}

}  // namespace
}  // namespace mhcnn
