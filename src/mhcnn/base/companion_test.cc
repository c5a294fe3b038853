#include "mhcnn/base/companion.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(Companion, DetectsByNameAndFolder) {
  EXPECT_EQ(ClassifyCompanionFile("a/Thumbs.DB"), Companion::kFile);
  EXPECT_EQ(ClassifyCompanionFile("@eaDir/a.png"), Companion::kFile);
  EXPECT_EQ(ClassifyCompanionFile("a/._b.dcm"), Companion::kAppleDouble);
  EXPECT_EQ(ClassifyCompanionFile("__MACOSX/a/b"), Companion::kAppleDouble);
  EXPECT_EQ(ClassifyCompanionFile("a/.b.dcm"), Companion::kNo);
}

}  // namespace
}  // namespace mhcnn
