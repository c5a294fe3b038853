#include "mhcnn/base/host_name.h"

#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

TEST(HostName, IsTheNameOfTheKernel) {
  EXPECT_EQ(HostName(), ToDisplayText(Trim(ReadTextFile("/proc/sys/kernel/hostname"))));
}

}  // namespace
}  // namespace mhcnn
