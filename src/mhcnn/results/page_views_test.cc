#include "mhcnn/results/page_views.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mhcnn/results/page_style.h"
#include "mhcnn/testing/exams.h"

namespace mhcnn {
namespace {

using testing_support::MakeExam;
using testing_support::MakeExamImage;

const cv::Size kSize(1600, 900);

cv::Mat3b Views(const ExamResults& exam) {
  Canvas canvas(kSize, page::kBlack);
  page::DrawViews(canvas, {{0, 0}, cv::Size2d(kSize)}, exam);
  return canvas.Pixels();
}

/// The box of what is drawn in the accent, the outline of dense tissue, without the legend.
cv::Rect DenseBox(const cv::Mat3b& page) {
  cv::Mat1b marked;
  const cv::Scalar accent(0x3D, 0xB8, 0xF5);  // as BGR
  cv::inRange(page.rowRange(0, kSize.height - 70), accent - cv::Scalar::all(8),
              accent + cv::Scalar::all(8), marked);
  return cv::boundingRect(marked);
}

TEST(PageViews, OutlinesFollowTheBorderOfAMask) {
  Mask mask = Mask::zeros(200, 200);
  cv::circle(mask, {100, 100}, 60, 255, cv::FILLED);
  cv::circle(mask, {100, 100}, 20, 0, cv::FILLED);
  const Outlines outlines = page::MaskOutlines(mask);
  ASSERT_EQ(outlines.size(), 2U);  // the border and the hole
  for (const auto& outline : outlines) {
    for (const auto& point : outline) {
      const double radius = cv::norm(point - cv::Point2d(100.5, 100.5));
      EXPECT_LT(std::min(std::abs(radius - 60), std::abs(radius - 20.5)), 1.3);
    }
  }
  EXPECT_TRUE(page::MaskOutlines(Mask::zeros(20, 20)).empty());
  EXPECT_TRUE(page::MaskOutlines({}).empty());
}

TEST(PageViews, ImagesOfOneExamHaveOneScale) {
  // Dense spots of 40 pixels: of 0.5 mm in the left image, of 0.25 mm in the right one.
  auto left = MakeExamImage(Laterality::kLeft, View::kCC, 20),
       right = MakeExamImage(Laterality::kRight, View::kCC, 20);
  right.result.metadata.row_spacing_mm = right.result.metadata.column_spacing_mm = 0.25;
  const cv::Mat3b both = Views(MakeExam({left, right}));
  const cv::Rect of_right = DenseBox(both.colRange(0, kSize.width / 2).clone()),
                 of_left = DenseBox(both.colRange(kSize.width / 2, kSize.width).clone());
  ASSERT_GT(of_right.height, 20);
  EXPECT_NEAR(of_left.height, 2 * of_right.height, 0.06 * of_left.height);
  // Chest walls meet in the middle.
  EXPECT_NEAR(of_right.br().x, kSize.width / 2, 12);
  EXPECT_NEAR(of_left.x, 0, 12);
}

TEST(PageViews, ScaleIsThatOfPixelsWhereOneImageHasNoSpacing) {
  auto left = MakeExamImage(Laterality::kLeft, View::kCC, 20),
       right = MakeExamImage(Laterality::kRight, View::kCC, 20);
  left.result.metadata.row_spacing_mm = left.result.metadata.column_spacing_mm = std::nullopt;
  right.result.metadata.row_spacing_mm = right.result.metadata.column_spacing_mm = 0.25;
  const cv::Mat3b both = Views(MakeExam({left, right}));
  const cv::Rect of_right = DenseBox(both.colRange(0, kSize.width / 2).clone()),
                 of_left = DenseBox(both.colRange(kSize.width / 2, kSize.width).clone());
  ASSERT_GT(of_right.height, 20);
  EXPECT_NEAR(of_left.height, of_right.height, 3);
}

TEST(PageViews, DrawsNothingOfExamWithoutImages) {
  ExamResults none;
  EXPECT_EQ(cv::norm(Views(none), cv::NORM_INF), 0);
}

}  // namespace
}  // namespace mhcnn
