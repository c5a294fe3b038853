#include "mhcnn/data/mask_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Bands of 8 rows.
GreyImage Rows(const std::vector<int>& values) {
  GreyImage picture(8 * static_cast<int>(values.size()), 10);
  for (std::size_t i = 0; i < values.size(); ++i)
    picture.rowRange(8 * static_cast<int>(i), 8 * static_cast<int>(i) + 8).setTo(values[i]);
  return picture;
}

TEST(MaskValues, MaskHasTwoValues) {
  EXPECT_THAT(CountMaskValues(Rows({0, 0, 255, 255})).labels, IsEmpty());
  EXPECT_THAT(CountMaskValues(Rows({0, 1, 1, 0})).labels, IsEmpty());
  EXPECT_THAT(CountMaskValues(Rows({0, 0})).labels, IsEmpty());
  EXPECT_THAT(CountMaskValues(Rows({65535, 0})).labels, IsEmpty());
}

TEST(MaskValues, LabelMapHasMoreThanTwoValues) {
  EXPECT_THAT(CountMaskValues(Rows({0, 85, 170, 255})).labels, ElementsAre(85, 170, 255));
  EXPECT_THAT(CountMaskValues(Rows({1, 2, 2})).labels, ElementsAre(1, 2)) << "no background";
}

TEST(MaskValues, GreyEdgesAreShared) {
  // Strands, drawn at twice the size and halved by areas: 5 values, and much of it is edge.
  cv::Mat1b drawn = cv::Mat1b::zeros(400, 300), halved;
  for (int x = 5; x < 400; x += 40) cv::line(drawn, {x, 0}, {x - 120, 399}, 255, 12);
  cv::resize(drawn, halved, {}, 0.5, 0.5, cv::INTER_AREA);
  GreyImage picture;
  halved.convertTo(picture, CV_16U);
  const MaskValues values = CountMaskValues(picture);
  EXPECT_THAT(values.labels, IsEmpty());
  EXPECT_GT(values.between, 0.05);
}

}  // namespace
}  // namespace mhcnn
