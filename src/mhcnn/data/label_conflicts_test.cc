#include "mhcnn/data/label_conflicts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

PreparedImage Image(DensityCategory category, double percent) {
  PreparedImage image;
  image.listed.sample.image = "/set/images/x.png";
  image.listed.sample.category = category;
  image.listed.sample.percent_density = percent;
  return image;
}

TEST(FindLabelConflicts, PercentFarOutsideItsCategory) {
  using enum DensityCategory;
  // The limits of DM-Scan (SpringerPlus 2:242): 49 and 66 percent are the 95th percentiles of c and
  // d, 10 percent is the 5th of b.
  for (const auto& image : {Image(kA, 50), Image(kB, 67), Image(kD, 9)}) {
    const auto problems = FindLabelConflicts({image});
    ASSERT_THAT(problems, SizeIs(1));
    EXPECT_EQ(problems[0].kind, "label_conflict");
    EXPECT_EQ(problems[0].subject, "/set/images/x.png");
  }
  EXPECT_THAT(FindLabelConflicts({Image(kD, 7.54)})[0].text,
              HasSubstr("has category d and 7.5 percent; 9 of 10 published images of category d "
                        "have 32 to 66"));
}

TEST(FindLabelConflicts, ReadersAndConventionsMayDiffer) {
  using enum DensityCategory;
  for (const auto& image : {Image(kA, 0), Image(kA, 40), Image(kB, 3), Image(kB, 55), Image(kC, 5),
                            Image(kC, 80), Image(kD, 16), Image(kD, 100)}) {
    EXPECT_THAT(FindLabelConflicts({image}), IsEmpty()) << *image.listed.sample.percent_density;
  }
  EXPECT_THAT(FindLabelConflicts({PreparedImage{}}), IsEmpty());
}

TEST(FindLabelConflicts, CategoriesThatFallWithThePercent) {
  std::vector<PreparedImage> images;
  for (int i = 0; i < 19; ++i) images.push_back(Image(CategoryFromIndex(2 - i / 7), 20 + i));
  EXPECT_THAT(FindLabelConflicts(images), IsEmpty()) << "too few";
  images.push_back(Image(DensityCategory::kA, 39));
  const auto problems = FindLabelConflicts(images);
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].subject, "/set/images");
  EXPECT_THAT(problems[0].text, HasSubstr("the categories of 20 images fall as their percent den"));
}

TEST(FindLabelConflicts, CategoriesThatRiseWithThePercent) {
  std::vector<PreparedImage> images;
  for (int i = 0; i < 40; ++i) images.push_back(Image(CategoryFromIndex(i / 10), 10 + i));
  EXPECT_THAT(FindLabelConflicts(images), IsEmpty());
}

}  // namespace
}  // namespace mhcnn
