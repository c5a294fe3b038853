#include "mhcnn/results/result_objects.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mhcnn/results/measurement_report.h"
#include "mhcnn/results/segmentation.h"

namespace mhcnn {
namespace {

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
    r.metadata.path = LateralityName(side);
    r.metadata.laterality = side;
    r.metadata.view = view;
    r.metadata.modality = "MG";
    image.labels = Labels(rows, columns);
    r.size = image.labels.size();
    r.percent_density = 23.45;
    r.percent_low = 19.31;
    r.percent_high = 28.64;
    r.category = DensityCategory::kC;
    r.probabilities = {0.01, 0.1, 0.8, 0.09};
    image.header = MakeSourceHeader(r.metadata, "exam");
    image.header.metadata.sop_uid += side == Laterality::kLeft ? ".1" : ".2";
    image.header.orientation = {"A", "R"};
    BreastResult breast;
    breast.percent_density = r.percent_density;
    breast.category = r.category;
    breast.probabilities = r.probabilities;
    breast.paths = {r.metadata.path};
    (side == Laterality::kLeft ? study.left : study.right) = breast;
    images.push_back(std::move(image));
  }
  study.study = "exam";
  study.percent_density = 23.45;
  study.category = DensityCategory::kC;
  return MakeExamResults(study, std::move(images), {"model", "1", "f", "", 0}, {});
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

}  // namespace
}  // namespace mhcnn
