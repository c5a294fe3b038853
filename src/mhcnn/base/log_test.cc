#include "mhcnn/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

/// What goes to standard error at this verbosity; what goes to standard output must be nothing.
std::string Lines(int verbosity) {
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  InitLogging(verbosity);
  spdlog::trace("a trace");
  spdlog::info("some news {}", 1);
  spdlog::warn("a warning");
  spdlog::error("an error");
  spdlog::default_logger()->flush();
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  return ::testing::internal::GetCapturedStderr();
}

TEST(InitLogging, VerbosityChoosesTheLevel) {
  EXPECT_EQ(Lines(-1), "error: an error\n");
  EXPECT_EQ(Lines(0), "warning: a warning\nerror: an error\n");
  EXPECT_EQ(Lines(1), "info: some news 1\nwarning: a warning\nerror: an error\n");
  EXPECT_EQ(Lines(2), "trace: a trace\ninfo: some news 1\nwarning: a warning\nerror: an error\n");
  InitLogging(0);
}

}  // namespace
}  // namespace mhcnn
