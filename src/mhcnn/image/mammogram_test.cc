#include "mhcnn/image/mammogram.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(Mammogram, NamesLateralityAndView) {
  EXPECT_STREQ(LateralityName(Laterality::kLeft), "L");
  EXPECT_STREQ(LateralityName(Laterality::kRight), "R");
  EXPECT_STREQ(LateralityName(Laterality::kUnknown), "");
  EXPECT_STREQ(ViewName(View::kCC), "CC");
  EXPECT_STREQ(ViewName(View::kMLO), "MLO");
  EXPECT_STREQ(ViewName(View::kOther), "other");
  EXPECT_STREQ(ViewName(View::kUnknown), "");
}

}  // namespace
}  // namespace mhcnn
