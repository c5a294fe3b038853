#include "mhcnn/results/result_objects.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mhcnn/results/cad_report.h"
#include "mhcnn/results/measurement_report.h"
#include "mhcnn/results/segmentation.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using testing_support::ErrorMessage;

/// A half disc at the left, dense in its middle, with a muscle in the upper corner.
cv::Mat1b Labels(int rows, int columns) {
  cv::Mat1b labels = cv::Mat1b::zeros(rows, columns);
  cv::circle(labels, {0, rows / 2}, std::min(rows / 2 - 1, columns - 1), 85, cv::FILLED);
  cv::circle(labels, {columns / 4, rows / 2}, std::max(1, rows / 8), 170, cv::FILLED);
  labels(cv::Rect(0, 0, std::max(1, columns / 5), std::max(1, rows / 5))) = 255;
  return labels;
}

ExamResults Exam(int rows = 97, int columns = 61) {
  std::vector<ExamImage> images;
  StudyResult study;
  for (const auto& [side, view] :
       {std::pair{Laterality::kRight, View::kCC}, {Laterality::kLeft, View::kMLO}}) {
    ExamImage image;
    Result& r = image.result;
    r.facts.path = LateralityName(side);
    r.facts.laterality = side;
    r.facts.view = view;
    r.facts.modality = "MG";
    image.labels = Labels(rows, columns);
    r.size = image.labels.size();
    r.percent_density = 23.45;
    r.percent_low = 19.31;
    r.percent_high = 28.64;
    r.category = DensityCategory::kC;
    r.probabilities = {0.01, 0.1, 0.8, 0.09};
    image.header = MakeSourceHeader(r.facts, "exam");
    image.header.facts.sop_uid += side == Laterality::kLeft ? ".1" : ".2";
    image.header.orientation = {"A", "R"};
    BreastResult breast;
    breast.percent_density = r.percent_density;
    breast.category = r.category;
    breast.probabilities = r.probabilities;
    breast.paths = {r.facts.path};
    (side == Laterality::kLeft ? study.left : study.right) = breast;
    images.push_back(std::move(image));
  }
  study.study = "exam";
  study.percent_density = 23.45;
  study.category = DensityCategory::kC;
  return MakeExamResults(study, std::move(images), {"model", "1", "f", "", 0}, {});
}

TEST(Segmentation, PacksFramesWithoutPaddingWhateverTheSize) {
  for (int rows = 8; rows < 12; ++rows) {
    for (const int columns : {5, 6, 7, 8, 9, 10, 11, 12, 24, 37, 64}) {
      const cv::Mat1b labels = Labels(rows, columns);
      const auto packed = PackedFrames(labels);
      EXPECT_EQ(packed.size() % 2, 0U);
      const auto size = labels.total();
      ASSERT_GE(packed.size() * 8, size * 3);
      const auto bit = [&](std::size_t at) { return packed[at / 8] >> (at % 8) & 1; };
      std::array<std::size_t, 3> set{};
      for (std::size_t i = 0; i < size; ++i) {
        const int label =
            labels.at<std::uint8_t>(static_cast<int>(i) / columns, static_cast<int>(i) % columns);
        EXPECT_EQ(bit(i), label == 85 || label == 170);
        EXPECT_EQ(bit(size + i), label == 170);
        EXPECT_EQ(bit(2 * size + i), label == 255);
        for (std::size_t k = 0; k < 3; ++k) set[k] += static_cast<std::size_t>(bit(k * size + i));
      }
      for (std::size_t at = 3 * size; at < 8 * packed.size(); ++at) EXPECT_EQ(bit(at), 0);
      EXPECT_EQ(set, SegmentPixels(labels));
    }
  }
}

TEST(ResultObjects, AreTheSameBytesForTheSameExam) {
  using F = ResultFormat;
  const std::set<F> formats = {F::kSeg, F::kSr, F::kCad};
  const auto a = MakeObjects(Exam(), formats), b = MakeObjects(Exam(), formats);
  ASSERT_EQ(a.files.size(), 4U);
  EXPECT_TRUE(a.left_out.empty());
  const std::vector<std::string> names = {"seg-R-CC.dcm", "seg-L-MLO.dcm", "sr.dcm", "cad.dcm"};
  for (std::size_t i = 0; i < a.files.size(); ++i) {
    EXPECT_EQ(a.files[i].name, names[i]);
    EXPECT_EQ(a.files[i].bytes, b.files[i].bytes);
    EXPECT_TRUE(IsObjectName(a.files[i].name.string()));
  }
  EXPECT_FALSE(IsObjectName("R-CC.dcm"));
}

TEST(ResultObjects, AnotherContentHasAnotherUid) {
  const auto exam = Exam();
  auto other = exam;
  other.images[0].result.percent_density = 23.55;
  EXPECT_NE(MakeMeasurementReport(exam, {}).sop_uid, MakeMeasurementReport(other, {}).sop_uid);
  EXPECT_EQ(MakeSegmentation(exam, exam.images[1]).sop_uid,
            MakeSegmentation(other, other.images[1]).sop_uid);
  other.images[1].labels = exam.images[1].labels.clone();
  other.images[1].labels(40, 20) ^= 85;
  EXPECT_NE(MakeSegmentation(exam, exam.images[1]).sop_uid,
            MakeSegmentation(other, other.images[1]).sop_uid);
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
  const auto outline = OutlineOf(mask);
  ASSERT_GE(outline.size(), 8U);
  EXPECT_EQ(outline[0], outline[outline.size() - 2]);
  EXPECT_EQ(outline[1], outline.back());
  std::vector<cv::Point2f> points;
  for (std::size_t i = 0; i < outline.size(); i += 2)
    points.push_back({outline[i], outline[i + 1]});
  EXPECT_NEAR(cv::contourArea(points), 0.5 * CV_PI * 80 * 80, 400);
  EXPECT_TRUE(OutlineOf(Mask::zeros(5, 5)).empty());
  Mask speck = Mask::zeros(5, 5);
  speck(2, 2) = 255;
  EXPECT_EQ(OutlineOf(speck), (std::vector<float>{2.5F, 2.5F, 2.5F, 2.5F}));
}

}  // namespace
}  // namespace mhcnn
