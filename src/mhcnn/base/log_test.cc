#include "mhcnn/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>

#include "mhcnn/base/error.h"
#include "mhcnn/base/options.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;

/// The log of its lifetime as text.
class LogText {
 public:
  LogText() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)));
  }
  ~LogText() { spdlog::set_default_logger(before_); }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

TEST(WarnRenamed, WarnsOnceOfAnOldName) {
  const LogText log;
  WarnRenamed("option --old", "--new");
  const std::string first = log.text();
  EXPECT_THAT(first, HasSubstr("option --old is now called --new; the old name is read in this "
                               "release only"));
  WarnRenamed("option --old", "--new");
  EXPECT_EQ(log.text(), first);
}

TEST(Options, ReadsTheOldNameOfAKey) {
  const LogText log;
  auto options = Options::FromText("[a]\nold = 2\n", "r.toml");
  int value = 0;
  options.GetWithOldName("a.new", "a.old", value);
  EXPECT_EQ(value, 2);
  EXPECT_THAT(log.text(), HasSubstr("key a.old is now called a.new"));
  options.RejectUnknown();
}

TEST(Options, NewKeyNameGivesNoWarning) {
  const LogText log;
  auto options = Options::FromText("[b]\nnew = 3\n", "r.toml");
  int value = 0;
  options.GetWithOldName("b.new", "b.old", value);
  EXPECT_EQ(value, 3);
  EXPECT_EQ(log.text(), "");
  options.RejectUnknown();
}

TEST(Options, RejectsBothNamesOfAKey) {
  auto options = Options::FromText("[c]\nnew = 3\nold = 3\n", "r.toml");
  int value = 0;
  EXPECT_THAT(
      ErrorMessage([&] { options.GetWithOldName("c.new", "c.old", value); }, ErrorCode::kUsage),
      HasSubstr("'c.old' is the old name of 'c.new', and the recipe has both"));
}

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
