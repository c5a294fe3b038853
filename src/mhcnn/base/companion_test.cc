#include "mhcnn/base/companion.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(Companion, DetectsByNameAndFolder) {
  EXPECT_EQ(CompanionByName("a/Thumbs.DB"), Companion::kFile);
  EXPECT_EQ(CompanionByName("@eaDir/a.png"), Companion::kFile);
  EXPECT_EQ(CompanionByName("a/._b.dcm"), Companion::kAppleDouble);
  EXPECT_EQ(CompanionByName("__MACOSX/a/b"), Companion::kAppleDouble);
  EXPECT_EQ(CompanionByName("a/.b.dcm"), Companion::kNo);
}

}  // namespace
}  // namespace mhcnn
