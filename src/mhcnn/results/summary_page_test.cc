#include "mhcnn/results/summary_page.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "mhcnn/testing/exams.h"

namespace mhcnn {
namespace {

using testing_support::FourExamImages;
using testing_support::MakeExam;
using testing_support::MakeExamImage;

cv::Mat3b Page(const ExamResults& exam) { return DrawSummaryPage(exam, MakePageText(exam)); }

/// Fraction of the pixels that are not black in a part of the page, given in its 16ths.
double Inked(const cv::Mat3b& page, int x, int y, int width, int height) {
  const cv::Rect part(x * page.cols / 16, y * page.rows / 16, width * page.cols / 16,
                      height * page.rows / 16);
  cv::Mat1b grey;
  cv::cvtColor(page(part), grey, cv::COLOR_BGR2GRAY);
  return cv::countNonZero(grey > 8) / static_cast<double>(part.area());
}

TEST(SummaryPage, HasItsSizeItsMarginsAndTheSamePixelsEachTime) {
  const ExamResults exam = MakeExam(FourExamImages());
  const cv::Mat3b page = Page(exam);
  EXPECT_EQ(page.size(), cv::Size(kPageWidth, kPageHeight));
  EXPECT_EQ(cv::norm(page, Page(exam), cv::NORM_L1), 0);
  cv::Mat1b grey;
  cv::cvtColor(page, grey, cv::COLOR_BGR2GRAY);
  const cv::Rect drawn = cv::boundingRect(grey);
  EXPECT_NEAR(drawn.x, 88, 4);
  EXPECT_NEAR(drawn.x + drawn.width, kPageWidth - 88, 2);
}

TEST(SummaryPage, RightImagesEndAndLeftImagesBeginAtTheMiddle) {
  const cv::Mat3b page = Page(MakeExam(FourExamImages()));
  for (const int y : {6, 9}) {  // rows CC and MLO
    EXPECT_GT(Inked(page, 7, y, 1, 1), 0.4);
    EXPECT_GT(Inked(page, 8, y, 1, 1), 0.4);
  }
  EXPECT_LT(Inked(page, 3, 6, 1, 1), 0.02);
  const cv::Mat3b left = Page(MakeExam({MakeExamImage(Laterality::kLeft, View::kCC, 20)}));
  EXPECT_LT(Inked(left, 6, 7, 2, 1), 0.1);
  EXPECT_GT(Inked(left, 8, 7, 2, 2), 0.4);
}

TEST(SummaryPage, EveryKindOfExamHasAPage) {
  auto no_spacing = MakeExamImage(Laterality::kLeft, View::kMLO, 20);
  no_spacing.result.metadata.row_spacing_mm = std::nullopt;
  auto no_masks = MakeExamImage(Laterality::kRight, View::kCC, 20);
  no_masks.labels.release();
  auto refused = MakeExamImage(Laterality::kRight, View::kMLO, 20);
  const auto metadata = refused.result.metadata;
  refused.result = {};
  refused.result.metadata = metadata;
  refused.result.error = "corrupt: is damaged";
  std::vector<ExamImage> many;
  for (int i = 0; i < 30; ++i) {
    many.push_back(MakeExamImage(i % 2 ? Laterality::kLeft : Laterality::kUnknown,
                                 i % 3 ? View::kCC : View::kUnknown, i + 0.5));
    many.back().result.metadata.path += std::to_string(i);
    many.back().result.flags = {"implant", "saturated", "rotated", "word_of_another_version"};
  }
  for (const auto& images : std::vector<std::vector<ExamImage>>{
           {no_spacing}, {no_masks}, {no_spacing, no_masks, refused}, many}) {
    const cv::Mat3b page = Page(MakeExam(images));
    EXPECT_EQ(page.size(), cv::Size(kPageWidth, kPageHeight));
    EXPECT_GT(Inked(page, 0, 0, 16, 3), 0.01);
    EXPECT_GT(Inked(page, 0, 15, 16, 1), 0.005);  // the foot
  }
}

}  // namespace
}  // namespace mhcnn
