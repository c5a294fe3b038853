#include "mhcnn/results/object_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/image/tissue_label.h"
#include "mhcnn/results/measurement_report.h"
#include "mhcnn/results/segmentation.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/exams.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::FourExamImages;
using testing_support::MakeExam;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;

std::optional<ObjectText> Describe(const DicomObject& object) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "object.dcm", object.bytes);
  return DescribeObject(folder / "object.dcm");
}

TEST(DescribeObject, CountsPixelsOfEachSegment) {
  ExamResults exam = MakeExam(FourExamImages());
  ExamImage& image = exam.images[2];
  // An odd number of pixels: frames do not begin with a byte.
  image.labels = image.labels(cv::Rect(0, 0, 197, 299)).clone();
  const auto text = Describe(MakeSegmentation(exam, image));
  ASSERT_TRUE(text);
  EXPECT_EQ(text->kind, "DICOM Segmentation");
  EXPECT_EQ(text->title, "Breast, dense tissue, pectoral muscle");
  const int dense = cv::countNonZero(image.labels == static_cast<int>(TissueLabel::kDense)),
            fat = cv::countNonZero(image.labels == static_cast<int>(TissueLabel::kBreast)),
            muscle = cv::countNonZero(image.labels == static_cast<int>(TissueLabel::kPectoral));
  ASSERT_GT(muscle, 0);
  EXPECT_THAT(
      text->lines,
      ElementsAre("segment 1: Breast without pectoral muscle (76752008, SCT, \"Breast\"), " +
                      std::to_string(dense + fat) + " pixels",
                  "segment 2: Dense (fibroglandular) tissue (91772007, SCT, "
                  "\"Parenchyma\"), " +
                      std::to_string(dense) + " pixels",
                  "segment 3: Pectoral muscle (60005003, SCT, \"Pectoralis major "
                  "muscle\"), " +
                      std::to_string(muscle) + " pixels"));
  EXPECT_THAT(text->sources, ElementsAre(image.header.metadata.sop_uid));
}

TEST(DescribeObject, StatesContentOfReport) {
  const ExamResults exam = MakeExam(FourExamImages());
  const auto text = Describe(MakeMeasurementReport(exam, {}));
  ASSERT_TRUE(text);
  EXPECT_EQ(text->kind, "DICOM Structured Report");
  EXPECT_EQ(text->title, "(126000, DCM, \"Imaging Measurement Report\")");
  EXPECT_THAT(text->lines, Contains(HasSubstr("12.3")));  // percent of R CC
  std::vector<std::string> uids;
  for (const auto& image : exam.images) uids.push_back(image.header.metadata.sop_uid);
  EXPECT_THAT(text->sources, ::testing::UnorderedElementsAreArray(uids));
}

TEST(DescribeObject, StatesWhoVerifiedReport) {
  ExamResults exam = MakeExam(FourExamImages());
  ReaderCorrection reader;
  reader.category = DensityCategory::kC;
  reader.author = "Reader One";
  reader.organization = "Clinic";
  reader.at = "20261128101500";
  exam.options.reader = reader;
  const auto text = Describe(MakeMeasurementReport(exam, {}));
  ASSERT_TRUE(text);
  EXPECT_THAT(text->lines, Contains(::testing::AllOf(HasSubstr("verified by Reader One"),
                                                     HasSubstr("of Clinic at 20261128101500"))));
}

TEST(DescribeObject, LeavesOtherKindsOut) {
  const ScratchFolder folder;
  WriteChanged(folder / "image.dcm", [](DcmDataset&) {});
  EXPECT_FALSE(DescribeObject(folder / "image.dcm"));
}

TEST(DescribeObject, RefusesReportWithoutReadableContent) {
  const ScratchFolder folder;
  WriteChanged(folder / "sr.dcm", [](DcmDataset& dataset) {
    dataset.putAndInsertString(DCM_Modality, "SR");
    dataset.insertEmptyElement(DCM_ContentSequence);
  });
  EXPECT_THAT(ErrorMessage([&] { DescribeObject(folder / "sr.dcm"); }, ErrorCode::kCorrupt),
              HasSubstr("readable Structured Report"));
}

}  // namespace
}  // namespace mhcnn
