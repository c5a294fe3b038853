#include "mhcnn/base/version.h"

#include <gtest/gtest.h>

#include <regex>

#include "mhcnn/base/file.h"

namespace mhcnn {
namespace {

TEST(Version, EqualsCMakeLists) {
  const std::string cmake = ReadTextFile(std::string(MHCNN_SOURCE_DIR) + "/CMakeLists.txt");
  std::smatch match;
  ASSERT_TRUE(std::regex_search(cmake, match, std::regex("project\\(mhcnn VERSION ([0-9.]+)")));
  EXPECT_EQ(Version(), match[1].str());
}

}  // namespace
}  // namespace mhcnn
