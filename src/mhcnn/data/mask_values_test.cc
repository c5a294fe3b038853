#include "mhcnn/data/mask_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

GreyImage Rows(const std::vector<int>& values) {
  GreyImage picture(static_cast<int>(values.size()), 10);
  for (std::size_t y = 0; y < values.size(); ++y) picture.row(static_cast<int>(y)).setTo(values[y]);
  return picture;
}

TEST(MaskValues, AMaskHasTwo) {
  EXPECT_THAT(CountMaskValues(Rows({0, 0, 255, 255})).labels, IsEmpty());
  EXPECT_THAT(CountMaskValues(Rows({0, 1, 1, 0})).labels, IsEmpty());
  EXPECT_THAT(CountMaskValues(Rows({0, 0})).labels, IsEmpty());
  EXPECT_THAT(CountMaskValues(Rows({65535, 0})).labels, IsEmpty());
}

TEST(MaskValues, ALabelMapHasMore) {
  EXPECT_THAT(CountMaskValues(Rows({0, 85, 170, 255})).labels, ElementsAre(85, 170, 255));
  EXPECT_THAT(CountMaskValues(Rows({1, 2, 2})).labels, ElementsAre(1, 2)) << "no background";
}

TEST(MaskValues, GreyEdgesAreShared) {
  GreyImage picture = Rows(std::vector<int>(100, 255));
  picture.rowRange(0, 50).setTo(0);
  for (int x = 0; x < 5; ++x) picture(50, x) = static_cast<std::uint16_t>(60 + 20 * x);
  const MaskValues values = CountMaskValues(picture);
  EXPECT_THAT(values.labels, IsEmpty());
  EXPECT_NEAR(values.between, 0.01, 1e-9);
}

}  // namespace
}  // namespace mhcnn
