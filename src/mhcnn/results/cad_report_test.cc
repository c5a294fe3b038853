#include "mhcnn/results/cad_report.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/exams.h"

namespace mhcnn {
namespace {

using testing_support::ErrorMessage;
using testing_support::MakeExam;
using testing_support::MakeExamImage;

ExamResults Exam() {
  ExamResults exam = MakeExam({MakeExamImage(Laterality::kRight, View::kCC, 23.45),
                               MakeExamImage(Laterality::kLeft, View::kMLO, 23.45)});
  for (auto& image : exam.images) image.header.orientation = {"A", "R"};
  return exam;
}

TEST(CadReport, IsNotMadeWhereItsTemplateCannotBeMet) {
  auto exam = Exam();
  exam.images[1].header.orientation.clear();
  const std::string message = ErrorMessage([&] { MakeCadReport(exam); }, ErrorCode::kUnsupported);
  EXPECT_NE(message.find("L MLO has no Patient Orientation"), std::string::npos);
  exam = Exam();
  for (auto& image : exam.images) image.labels.release();
  EXPECT_NE(ErrorMessage([&] { MakeCadReport(exam); }, ErrorCode::kUnsupported).find("no masks"),
            std::string::npos);
}

TEST(CadReport, OutlinesAreClosedAndHoldTheirMask) {
  Mask mask = Mask::zeros(200, 100);
  cv::circle(mask, {0, 100}, 80, 255, cv::FILLED);
  mask(190, 90) = 255;  // a speck that is not the breast
  const auto outline = TraceOutline(mask);
  ASSERT_GE(outline.size(), 8U);
  EXPECT_EQ(outline[0], outline[outline.size() - 2]);
  EXPECT_EQ(outline[1], outline.back());
  std::vector<cv::Point2f> points;
  for (std::size_t i = 0; i < outline.size(); i += 2)
    points.push_back({outline[i], outline[i + 1]});
  EXPECT_NEAR(cv::contourArea(points), 0.5 * CV_PI * 80 * 80, 400);
  EXPECT_TRUE(TraceOutline(Mask::zeros(5, 5)).empty());
  Mask speck = Mask::zeros(5, 5);
  speck(2, 2) = 255;
  EXPECT_EQ(TraceOutline(speck), (std::vector<float>{2.5F, 2.5F, 2.5F, 2.5F}));
}

}  // namespace
}  // namespace mhcnn
