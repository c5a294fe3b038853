#include "mhcnn/batch/slow_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

/// What the log says while a file is watched for a time.
std::string GetLog(milliseconds after, milliseconds taken) {
  std::ostringstream text;
  const auto usual = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text)));
  {
    SlowFiles files(after);
    const auto slow = files.Begin("in/slow\n.dcm");
    { const auto done = files.Begin("in/done.dcm"); }
    std::this_thread::sleep_for(taken);
  }
  spdlog::set_default_logger(usual);
  return text.str();
}

TEST(SlowFiles, NamesAFileThatIsNotDoneInTime) {
  const std::string log = GetLog(milliseconds(20), milliseconds(500));
  EXPECT_THAT(log, HasSubstr("still reading in/slow\\x0A.dcm (0 s)"));
  EXPECT_THAT(log, Not(HasSubstr("done.dcm")));
  // At 20, 40, 80, 160 and 320 ms at most.
  EXPECT_LE(std::ranges::count(log, '\n'), 5);
}

TEST(SlowFiles, CallsForEachFileBeyondTheLimitOnce) {
  std::mutex mutex;
  std::vector<std::string> called;
  {
    SlowFiles files(std::chrono::minutes(1), {milliseconds(50), [&](const std::string& path) {
                                                const std::lock_guard lock(mutex);
                                                called.push_back(path);
                                              }});
    const auto slow = files.Begin("slow.dcm");
    { const auto done = files.Begin("done.dcm"); }
    std::this_thread::sleep_for(milliseconds(400));
  }
  EXPECT_THAT(called, ::testing::ElementsAre("slow.dcm"));
}

TEST(SlowFiles, DoesNotReportTimelyFiles) {
  EXPECT_EQ(GetLog(std::chrono::minutes(1), milliseconds(20)), "");
}

}  // namespace
}  // namespace mhcnn
