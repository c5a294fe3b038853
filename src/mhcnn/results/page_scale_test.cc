#include "mhcnn/results/page_scale.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mhcnn/results/page_style.h"

namespace mhcnn::page {
namespace {

const cv::Size kPage(1600, 600);
const cv::Rect2d kArea(50, 20, 1500, 500);

ScaleRow ExamRow(double percent) {
  ScaleRow row;
  row.kind = ScaleRow::Kind::kExam;
  row.label = "Exam";
  row.percent = percent;
  return row;
}

cv::Mat3b Drawn(const std::vector<ScaleRow>& rows) {
  Canvas canvas(kPage, kBlack);
  DrawScale(canvas, kArea, rows);
  return canvas.Pixels();
}

/// The box of the pixels in the accent, which the exam's mark has.
cv::Rect MarkOf(const std::vector<ScaleRow>& rows) {
  const cv::Scalar accent(0x3D, 0xB8, 0xF5);  // as BGR
  cv::Mat1b marked;
  cv::inRange(Drawn(rows), accent - cv::Scalar::all(6), accent + cv::Scalar::all(6), marked);
  return cv::boundingRect(marked);
}

double MarkAt(double percent) {
  const cv::Rect box = MarkOf({ExamRow(percent)});
  EXPECT_FALSE(box.empty());
  return box.x + box.width / 2.0;
}

TEST(DrawScale, MarksStandInProportionToThePercent) {
  const double zero = MarkAt(0), hundred = MarkAt(100);
  EXPECT_GT(hundred - zero, 300);
  for (const double percent : {10.0, 25.0, 50.0, 90.0})
    EXPECT_NEAR(MarkAt(percent), zero + (hundred - zero) * percent / 100, 1) << percent;
  EXPECT_EQ(MarkAt(-5), zero);
  EXPECT_EQ(MarkAt(130), hundred);
}

TEST(DrawScale, IntervalReachesFromLowToHigh) {
  const double zero = MarkAt(0), hundred = MarkAt(100);
  ScaleRow row = ExamRow(40);
  row.low = 20;
  row.high = 80;
  const cv::Mat3b plain = Drawn({ExamRow(40)}), banded = Drawn({row});
  cv::Mat1b changed;
  cv::inRange(plain != banded, cv::Scalar(0, 0, 0), cv::Scalar(0, 0, 0), changed);
  const cv::Rect band = cv::boundingRect(changed == 0);
  EXPECT_NEAR(band.x, zero + (hundred - zero) * 0.2, 1.5);
  EXPECT_NEAR(band.br().x, zero + (hundred - zero) * 0.8, 1.5);
}

TEST(DrawScale, LeavesImagesOutBeforeTheExam) {
  std::vector<ScaleRow> rows(60);
  for (auto& row : rows) row.percent = 30;
  rows.push_back(ExamRow(70));
  const cv::Rect mark = MarkOf(rows);
  ASSERT_FALSE(mark.empty());
  EXPECT_LE(mark.br().y, kArea.y + kArea.height);
  EXPECT_GT(mark.y, kArea.y + 0.8 * kArea.height) << "the last row";
}

TEST(DrawScale, DrawsNoMarkWithoutPercent) {
  ScaleRow row = ExamRow(0);
  row.percent.reset();
  row.problem = "was not measured";
  EXPECT_TRUE(MarkOf({row}).empty());
}

TEST(DrawScale, DrawsWithinItsArea) {
  std::vector<ScaleRow> rows = {ExamRow(50)};
  rows[0].label = std::string(300, 'W');
  rows[0].percent_text = "50.0";
  rows[0].breast_text = "1234.56";
  rows[0].dense_text = "34.06";
  cv::Mat1b grey;
  cv::cvtColor(Drawn(rows), grey, cv::COLOR_BGR2GRAY);
  const cv::Rect drawn = cv::boundingRect(grey);
  EXPECT_GE(drawn.x, kArea.x - 2);
  EXPECT_LE(drawn.br().x, kArea.x + kArea.width + 2);
  EXPECT_GE(drawn.y, kArea.y - 2);
  EXPECT_LE(drawn.br().y, kArea.y + kArea.height);
}

}  // namespace
}  // namespace mhcnn::page
