#include "mhcnn/base/host_name.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

TEST(HostName, IsTheNameOfTheKernel) {
  std::ifstream file("/proc/sys/kernel/hostname");
  std::string name;
  ASSERT_TRUE(std::getline(file, name));
  EXPECT_EQ(HostName(), ToDisplayText(name));
}

}  // namespace
}  // namespace mhcnn
