#include "mhcnn/service/node_log.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <regex>

#include "mhcnn/base/log.h"

namespace mhcnn {
namespace {

TEST(NodeLogging, StatesTimePartAndProcess) {
  ::testing::internal::CaptureStderr();
  InitNodeLogging("receive", "warning");
  spdlog::info("not shown");
  spdlog::warn("disk is {} % full", 90);
  spdlog::default_logger()->flush();
  const std::string lines = ::testing::internal::GetCapturedStderr();
  InitLogging(0);
  EXPECT_TRUE(std::regex_match(
      lines,
      std::regex(
          R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z receive\[\d+\] warning: disk is 90 % full\n)")))
      << lines;
}

}  // namespace
}  // namespace mhcnn
