#include "mhcnn/image/density_category.h"

#include <gtest/gtest.h>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

TEST(DensityCategory, LettersRoundTrip) {
  std::string letters;
  for (const DensityCategory category : kDensityCategories) {
    letters += Letter(category);
    EXPECT_EQ(FromLetter(std::string(1, Letter(category))), category);
    const int number = static_cast<int>(category);
    EXPECT_EQ(CategoryNumber(CategoryLetter(number)), number);
  }
  EXPECT_EQ(letters, "abcd");
}

TEST(DensityCategory, OtherTextIsNoLetter) {
  for (const char* text : {"", "A", "e", "ab", "1", " a"}) {
    EXPECT_FALSE(FromLetter(text)) << text;
    EXPECT_FALSE(CategoryNumber(text)) << text;
  }
}

TEST(DensityCategory, OtherNumbersHaveNoLetter) {
  EXPECT_EQ(CategoryLetter(std::optional<int>()), "");
  EXPECT_EQ(CategoryLetter(std::optional(3)), "d");
  EXPECT_THROW(CategoryLetter(-1), Error);
  EXPECT_THROW(CategoryLetter(4), Error);
}

TEST(DensityCategory, APercentAtACutPointGetsTheHigherCategory) {
  EXPECT_EQ(CategoryOfPercent(0), DensityCategory::kA);
  EXPECT_EQ(CategoryOfPercent(14.49), DensityCategory::kA);
  EXPECT_EQ(CategoryOfPercent(14.5), DensityCategory::kB);
  EXPECT_EQ(CategoryOfPercent(19.5), DensityCategory::kC);
  EXPECT_EQ(CategoryOfPercent(26.5), DensityCategory::kD);
  EXPECT_EQ(CategoryOfPercent(30, {10, 20, 40}), DensityCategory::kC);
}

}  // namespace
}  // namespace mhcnn
