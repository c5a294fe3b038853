#include "mhcnn/results/predecessors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/results/measurement_report.h"
#include "mhcnn/results/segmentation.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/exams.h"
#include "mhcnn/testing/header_changes.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::FourExamImages;
using testing_support::MakeExam;
using testing_support::ScratchFolder;
using testing_support::Set;
using testing_support::ThrownCode;
using testing_support::WriteChanged;

TEST(ReadPredecessors, AreTheReportsOfThisProgramInTheOrderOfTheirPaths) {
  const ScratchFolder folder;
  ExamResults exam = MakeExam(FourExamImages());
  const DicomObject first = MakeMeasurementReport(exam, {});
  exam.images[0].result.percent_density = 99;
  const DicomObject second = MakeMeasurementReport(exam, {});
  ASSERT_NE(first.sop_uid, second.sop_uid);
  WriteFileAtomically(folder / "b/sr.dcm", first.bytes);
  WriteFileAtomically(folder / "a/sr.dcm", second.bytes);
  // None of these is one.
  WriteFileAtomically(folder / "a/seg.dcm", MakeSegmentation(exam, exam.images[0]).bytes);
  WriteFileAtomically(folder / "a/sr.bak", first.bytes);
  WriteFileAtomically(folder / "a/damaged.dcm", std::string_view("text"));
  WriteChanged(folder / "a/of-others.dcm", [](DcmDataset& dataset) {
    Set(DCM_Modality, "SR")(dataset);
    Set(DCM_Manufacturer, "Somebody")(dataset);
  });
  const auto found = ReadPredecessors(folder.path());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].sop_uid, second.sop_uid);
  EXPECT_EQ(found[1].sop_uid, first.sop_uid);
  EXPECT_EQ(found[1].sop_class_uid, first.sop_class);
  EXPECT_EQ(found[1].series_uid, first.series_uid);
  EXPECT_EQ(found[1].study_uid, exam.header().metadata.study_uid);

  EXPECT_EQ(ReadPredecessors(folder / "b/sr.dcm").at(0).sop_uid, first.sop_uid);
}

TEST(ReadPredecessors, RefusesPathWithoutOne) {
  const ScratchFolder folder;
  EXPECT_THAT(ErrorMessage([&] { ReadPredecessors(folder.path()); }, ErrorCode::kUsage),
              HasSubstr("contains no SR document"));
  EXPECT_EQ(ThrownCode([&] { ReadPredecessors(folder / "none.dcm"); }), ErrorCode::kNotFound);
  WriteChanged(folder / "image.dcm", [](DcmDataset&) {});
  EXPECT_EQ(ThrownCode([&] { ReadPredecessors(folder / "image.dcm"); }), ErrorCode::kUsage);
}

}  // namespace
}  // namespace mhcnn
