#include "mhcnn/preprocess/constant_border_lines.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

/// A picture whose pixels tell their place: 1000 y + x.
GreyImage Places(int rows, int columns) {
  GreyImage picture(rows, columns);
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) picture(y, x) = static_cast<std::uint16_t>(1000 * y + x);
  }
  return picture;
}

TEST(BorderLines, AreCountedFromEachSide) {
  const GreyImage picture = Places(40, 70);
  const BorderLines lines(picture);
  EXPECT_EQ(lines.Count(kTop), 40);
  EXPECT_EQ(lines.Length(kTop), 70);
  EXPECT_EQ(lines.Count(kRight), 70);
  EXPECT_EQ(lines.Length(kRight), 40);
  for (const int k : {0, 5, 39}) {
    EXPECT_EQ(lines.Line(kTop, 3)[k], picture(3, k));
    EXPECT_EQ(lines.Line(kBottom, 3)[k], picture(36, k));
    EXPECT_EQ(lines.Line(kLeft, 35)[k], picture(k, 35));
    EXPECT_EQ(lines.Line(kRight, 0)[k], picture(k, 69));
  }
}

TEST(BorderLines, AreThoseOfThePartAlone) {
  const GreyImage picture = Places(40, 70);
  BorderLines lines(picture);
  lines.Restrict({10, 5, 50, 20});
  EXPECT_EQ(lines.Length(kTop), 50);
  EXPECT_EQ(lines.Line(kTop, 0)[0], picture(5, 10));
  EXPECT_EQ(lines.Line(kBottom, 0)[0], picture(24, 10));
  EXPECT_EQ(lines.Line(kLeft, 2)[1], picture(6, 12));
  EXPECT_EQ(lines.Line(kRight, 2)[1], picture(6, 57));
}

TEST(BorderLines, ConstantOnesHaveFewOtherPixels) {
  GreyImage picture(100, 100, std::uint16_t{500});
  picture(cv::Rect(0, 0, 4, 1)).setTo(900);
  picture(cv::Rect(4, 0, 20, 1)).setTo(503);
  const BorderLines lines(picture);
  EXPECT_EQ(lines.Median(kTop, 0), 500);
  EXPECT_TRUE(lines.Constant(kTop, 0, 500, 3, 0.05));
  EXPECT_FALSE(lines.Constant(kTop, 0, 500, 3, 0.02));
  EXPECT_FALSE(lines.Constant(kTop, 0, 500, 2, 0.05));
  EXPECT_DOUBLE_EQ(lines.FractionNear(kTop, 0, 500, 3), 0.96);
  EXPECT_DOUBLE_EQ(lines.FractionNear(kTop, 0, 500, 2), 0.76);
}

}  // namespace
}  // namespace mhcnn
