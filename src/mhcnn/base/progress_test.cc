#include "mhcnn/base/progress.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(Progress, FormatsDurations) {
  EXPECT_EQ(FormatDuration(187), "3:07");
  EXPECT_EQ(FormatDuration(7387), "2:03:07");
}

}  // namespace
}  // namespace mhcnn
