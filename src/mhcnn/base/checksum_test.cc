#include "mhcnn/base/checksum.h"

#include <gtest/gtest.h>

#include <string>

namespace mhcnn {
namespace {

TEST(Crc32c, MatchesRfc3720) {  // its appendix B.4
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(Crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
}

}  // namespace
}  // namespace mhcnn
