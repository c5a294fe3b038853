#include "mhcnn/image/density_category.h"

#include <gtest/gtest.h>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

using enum DensityCategory;

TEST(DensityCategory, LettersRoundTrip) {
  std::string letters;
  for (const DensityCategory category : kDensityCategories) {
    letters += ToLetter(category);
    EXPECT_EQ(CategoryFromLetter(ToLetter(category)), category);
    EXPECT_EQ(CategoryFromIndex(ToIndex(category)), category);
  }
  EXPECT_EQ(letters, "abcd");
}

TEST(DensityCategory, OtherTextIsNoLetter) {
  for (const char* text : {"", "A", "e", "ab", "1", " a"})
    EXPECT_FALSE(CategoryFromLetter(text)) << text;
}

TEST(DensityCategory, ParsesReaderSpellings) {
  for (const char* text : {"c", "C", " c ", "3", "BI-RADS C", "bi-rads 3", "BIRADS c", "BiRads3",
                           "ACR C", "acr 3", "ACR\tc"})
    EXPECT_EQ(CategoryFromText(text), kC) << text;
  EXPECT_EQ(CategoryFromText("1"), kA);
  EXPECT_EQ(CategoryFromText("4"), kD);
  for (const char* text : {"", " ", "0", "5", "e", "cc", "34", "3.5", "-1", "BI-RADS", "BI-RADS 0",
                           "ACR e", "BI-RADS ACR C", "density c", "C BI-RADS"})
    EXPECT_FALSE(CategoryFromText(text)) << text;
}

TEST(DensityCategory, NoCategoryHasNoLetter) {
  EXPECT_EQ(ToLetter(std::optional<DensityCategory>()), "");
  EXPECT_EQ(ToLetter(std::optional(kD)), "d");
}

TEST(DensityCategory, RejectsOtherIndices) {
  EXPECT_THROW(CategoryFromIndex(-1), Error);
  EXPECT_THROW(CategoryFromIndex(4), Error);
}

TEST(DensityCategory, APercentAtACutPointGetsTheHigherCategory) {
  EXPECT_EQ(CategoryFromPercent(0), kA);
  EXPECT_EQ(CategoryFromPercent(14.49), kA);
  EXPECT_EQ(CategoryFromPercent(14.5), kB);
  EXPECT_EQ(CategoryFromPercent(19.5), kC);
  EXPECT_EQ(CategoryFromPercent(26.5), kD);
  EXPECT_EQ(CategoryFromPercent(30, {10, 20, 40}), kC);
}

TEST(DensityCategory, TieGoesToLowerCategory) {
  EXPECT_EQ(MostProbableCategory(std::array<double, 4>{0.1, 0.4, 0.4, 0.1}), kB);
  EXPECT_EQ(MostProbableCategory(std::array<double, 4>{0, 0, 0, 1}), kD);
  EXPECT_THROW(MostProbableCategory(std::array<double, 3>{1, 0, 0}), Error);
}

TEST(CategoryRange, TextRoundTrips) {
  for (const DensityCategory low : kDensityCategories) {
    for (const DensityCategory high : kDensityCategories) {
      if (high < low) continue;
      const CategoryRange range{low, high};
      EXPECT_EQ(CategoryRangeFromText(ToText(range)), range);
    }
  }
  EXPECT_EQ(ToText({kB, kB}), "b");
  EXPECT_EQ(ToText({kB, kD}), "b-d");
}

TEST(CategoryRange, RejectsOtherText) {
  for (const char* text : {"", "e", "d-b", "a-", "a-e", "abc", "a-b-c"})
    EXPECT_FALSE(CategoryRangeFromText(text)) << text;
}

TEST(CategoryRange, ContainsItsEnds) {
  const CategoryRange range{kB, kC};
  EXPECT_FALSE(range.Contains(kA));
  EXPECT_TRUE(range.Contains(kB));
  EXPECT_TRUE(range.Contains(kC));
  EXPECT_FALSE(range.Contains(kD));
  EXPECT_EQ(range.Count(), 2);
}

TEST(DensityCategory, IsDenseFromCOn) {
  EXPECT_FALSE(IsDense(DensityCategory::kA));
  EXPECT_FALSE(IsDense(DensityCategory::kB));
  EXPECT_TRUE(IsDense(DensityCategory::kC));
  EXPECT_TRUE(IsDense(DensityCategory::kD));
}

}  // namespace
}  // namespace mhcnn
