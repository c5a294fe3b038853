#include "mhcnn/data/percent_convention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

PreparedImage Image(std::optional<double> stated, std::optional<double> of_masks,
                    std::optional<DensityCategory> category = {}) {
  PreparedImage image;
  image.listed.sample.image = "/set/images/x.png";
  image.listed.sample.percent_density = stated ? stated : of_masks;  // as prepare fills it
  image.listed.sample.category = category;
  image.examined.mask_percent = of_masks;
  return image;
}

TEST(PercentConvention, DetectsStrandAndOutlineMasksOfSameImages) {
  std::vector<PreparedImage> images;
  for (int i = 1; i <= 9; ++i) images.push_back(Image(0.45 * 5 * i, 5.0 * i));
  EXPECT_THAT(FindPercentConventionConflicts(images), IsEmpty());  // too few
  for (int i = 1; i <= 9; ++i) images.push_back(Image(0.45 * 5 * i, 5.0 * i));
  const auto problems = FindPercentConventionConflicts(images);
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].kind, "percent_convention");
  EXPECT_EQ(problems[0].subject, "/set/images");
  // Median of 5, 10, ... 45: 25.
  EXPECT_THAT(problems[0].text, HasSubstr("18 images have a median stated percent of 11.2, but "
                                          "their masks give 25.0"));
}

TEST(PercentConvention, ReadersOfOneConventionMayDiffer) {
  std::vector<PreparedImage> images;
  for (int i = 1; i <= 20; ++i) images.push_back(Image(1.2 * 3 * i, 3.0 * i));
  EXPECT_THAT(FindPercentConventionConflicts(images), IsEmpty());
  // Half of a very small percent is no other convention.
  images.clear();
  for (int i = 1; i <= 20; ++i) images.push_back(Image(0.1 * i, 0.2 * i));
  EXPECT_THAT(FindPercentConventionConflicts(images), IsEmpty());
}

TEST(PercentConvention, ImagesOfOneCategoryAreCompared) {
  std::vector<PreparedImage> images;
  for (int i = 0; i < 20; ++i) {
    images.push_back(Image(14.0 + 0.2 * i, {}, DensityCategory::kC));
    images.push_back(Image({}, 30.0 + 0.2 * i, DensityCategory::kC));
    images.push_back(Image(10, {}, DensityCategory::kB));  // its masks are of other categories
  }
  const auto problems = FindPercentConventionConflicts(images);
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].text, HasSubstr("category c: 20 images state a median percent of 15.9, "
                                          "the masks of 20 others give 31.9"));
}

}  // namespace
}  // namespace mhcnn
