#include "mhcnn/results/measurement_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "mhcnn/base/file.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/results/segmentation.h"
#include "mhcnn/results/statements.h"
#include "mhcnn/testing/exams.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using testing_support::FourExamImages;
using testing_support::MakeExam;
using testing_support::MakeExamImage;
using testing_support::ScratchFolder;

std::string CodeOf(DcmItem& item, const DcmTagKey& sequence) {
  DcmItem* code = DicomSequenceItem(item, sequence);
  return code == nullptr ? "" : DicomText(*code, DCM_CodeValue);
}

std::vector<DcmItem*> Children(DcmItem& item) {
  std::vector<DcmItem*> children;
  for (unsigned long i = 0;; ++i) {
    DcmItem* child = DicomSequenceItem(item, DCM_ContentSequence, i);
    if (child == nullptr) return children;
    children.push_back(child);
  }
}

/// The items below an item, and those below them, of this concept.
std::vector<DcmItem*> Find(DcmItem& item, const std::string& concept_code) {
  std::vector<DcmItem*> found;
  for (DcmItem* child : Children(item)) {
    if (CodeOf(*child, DCM_ConceptNameCodeSequence) == concept_code) found.push_back(child);
    for (DcmItem* below : Find(*child, concept_code)) found.push_back(below);
  }
  return found;
}

/// "23.4 %" of a number.
std::string NumberOf(DcmItem& item) {
  DcmItem* value = DicomSequenceItem(item, DCM_MeasuredValueSequence);
  if (value == nullptr) return "";
  return DicomText(*value, DCM_NumericValue) + " " +
         CodeOf(*value, DCM_MeasurementUnitsCodeSequence);
}

std::vector<std::string> Numbers(DcmItem& item, const std::string& concept_code) {
  std::vector<std::string> numbers;
  for (DcmItem* one : Find(item, concept_code)) numbers.push_back(NumberOf(*one));
  return numbers;
}

std::vector<std::string> Comments(DcmItem& item) {
  std::vector<std::string> comments;
  for (DcmItem* one : Find(item, "121106")) comments.push_back(DicomText(*one, DCM_TextValue));
  return comments;
}

/// A report as the toolkit reads it, with its groups by their Tracking Identifier.
struct Report {
  std::unique_ptr<DicomFile> file;
  std::map<std::string, DcmItem*> groups;
  DcmDataset& dataset() { return *file->getDataset(); }
};

Report Made(const ExamResults& exam, const std::vector<DicomObject>& segments = {}) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "sr.dcm", MakeMeasurementReport(exam, segments).bytes);
  Report report;
  report.file = LoadDicom(folder / "sr.dcm");
  report.file->loadAllDataIntoMemory();
  for (DcmItem* group : Find(report.dataset(), "125007")) {
    const auto ids = Find(*group, "112039");
    EXPECT_EQ(ids.size(), 1U);
    report.groups[DicomText(*ids.at(0), DCM_TextValue)] = group;
  }
  return report;
}

std::vector<std::string> Keys(const std::map<std::string, DcmItem*>& groups) {
  std::vector<std::string> keys;
  for (const auto& [key, group] : groups) keys.push_back(key);
  return keys;
}

TEST(MeasurementReport, HasGroupForEachImageBreastAndTheExam) {
  Report report = Made(MakeExam(FourExamImages()));
  EXPECT_EQ(DicomText(report.dataset(), DCM_SOPClassUID), "1.2.840.10008.5.1.4.1.1.88.33");
  EXPECT_EQ(CodeOf(report.dataset(), DCM_ConceptNameCodeSequence), "126000");
  EXPECT_THAT(Keys(report.groups),
              UnorderedElementsAre("image R CC", "image L CC", "image R MLO", "image L MLO",
                                   "breast R", "breast L", "exam"));
}

TEST(MeasurementReport, FiguresAreThosePrintedWithTheirDistances) {
  Report report = Made(MakeExam(FourExamImages()));
  // Percent 12.34, interval 6.17 to 22.34: 12.3, 6.2 and 22.3.
  DcmItem& image = *report.groups.at("image R CC");
  EXPECT_THAT(Numbers(image, "111046"), ElementsAre("12.3 %"));
  EXPECT_THAT(Numbers(image, "371885007"), ElementsAre("6.1 %"));
  EXPECT_THAT(Numbers(image, "371886008"), ElementsAre("10.0 %"));
  // Right 12.34 and 14.5, left 23.45 and 27.96.
  EXPECT_THAT(Numbers(*report.groups.at("breast R"), "111046"), ElementsAre("13.4 %"));
  EXPECT_THAT(Numbers(*report.groups.at("breast L"), "111046"), ElementsAre("25.7 %"));
  DcmItem& exam = *report.groups.at("exam");
  EXPECT_THAT(Numbers(exam, "111046"), ElementsAre("19.6 %"));
  const auto category = Find(exam, "129715009");
  ASSERT_EQ(category.size(), 1U);
  EXPECT_EQ(CodeOf(*category[0], DCM_ConceptCodeSequence), "129718006");  // c, of the denser breast
}

TEST(MeasurementReport, FiguresNameTheImagesTheyAreOf) {
  const ExamResults exam = MakeExam(FourExamImages());
  Report report = Made(exam);
  const auto sources = [&](const std::string& group) {
    std::vector<std::string> names;
    for (DcmItem* item : Find(*report.groups.at(group), "121112")) {
      DcmItem* reference = DicomSequenceItem(*item, DCM_ReferencedSOPSequence);
      if (reference == nullptr) continue;
      const std::string uid = DicomText(*reference, DCM_ReferencedSOPInstanceUID);
      for (const auto& image : exam.images) {
        if (image.header.metadata.sop_uid == uid) names.push_back(image.Name());
      }
    }
    return names;
  };
  EXPECT_THAT(sources("image L MLO"), ElementsAre("L MLO"));
  EXPECT_THAT(sources("breast R"), UnorderedElementsAre("R CC", "R MLO"));
  EXPECT_THAT(sources("exam"), UnorderedElementsAre("R CC", "L CC", "R MLO", "L MLO"));
}

TEST(MeasurementReport, SegmentsHaveTheirAreas) {
  ExamResults exam = MakeExam(FourExamImages());
  for (auto& image : exam.images)
    image.header.metadata.row_spacing_mm = image.header.metadata.column_spacing_mm = 0.5;
  std::vector<DicomObject> segments;
  for (const auto& image : exam.images) {
    segments.push_back(MakeSegmentation(exam, image));
    segments.back().bytes.clear();
  }
  segments[1].sop_uid.clear();  // an image without one
  Report report = Made(exam, segments);
  EXPECT_THAT(Numbers(*report.groups.at("R CC breast"), "131184002"), ElementsAre("101.30 cm2"));
  EXPECT_THAT(Numbers(*report.groups.at("R CC dense tissue"), "131184002"),
              ElementsAre("12.50 cm2"));  // 12.34 * 1.013
  EXPECT_THAT(Keys(report.groups), Not(Contains(HasSubstr("L CC breast"))));
  EXPECT_THAT(Keys(report.groups), Not(Contains("R CC pectoral muscle"))) << "no pixel of it";
  const auto muscle = SegmentPixels(exam.images[2].labels)[2];
  ASSERT_GT(muscle, 0U);
  const double area =
      std::stod(Numbers(*report.groups.at("R MLO pectoral muscle"), "131184002").at(0));
  EXPECT_NEAR(area, static_cast<double>(muscle) * 0.05 * 0.05, 0.005);  // of 0.5 mm
}

TEST(MeasurementReport, SegmentsWithoutSpacingAreLeftOut) {
  auto images = FourExamImages();
  for (auto& image : images) {
    image.result.metadata.row_spacing_mm = image.result.metadata.column_spacing_mm = std::nullopt;
    image.result.dense_area_cm2 = image.result.breast_area_cm2 = std::nullopt;
  }
  const ExamResults exam = MakeExam(images);
  std::vector<DicomObject> segments;
  for (const auto& image : exam.images) segments.push_back(MakeSegmentation(exam, image));
  Report report = Made(exam, segments);
  EXPECT_THAT(Numbers(report.dataset(), "131184002"), IsEmpty());
  EXPECT_THAT(Keys(report.groups), Contains("image R CC"));
}

TEST(MeasurementReport, LeavesFiguresOfRefusedImageOutAndSaysWhy) {
  auto refused = MakeExamImage(Laterality::kLeft, View::kCC, 20);
  const auto metadata = refused.result.metadata;
  refused.result = {};
  refused.result.metadata = metadata;
  refused.result.error = "corrupt: is cut short";
  Report report = Made(MakeExam({MakeExamImage(Laterality::kRight, View::kCC, 30), refused}));
  EXPECT_THAT(Keys(report.groups), UnorderedElementsAre("image R CC", "breast R", "exam"));
  EXPECT_THAT(Comments(report.dataset()),
              Contains("L CC was not measured: corrupt: is cut short."));
}

TEST(MeasurementReport, EndsWithTheNotice) {
  EXPECT_EQ(Comments(Made(MakeExam(FourExamImages())).dataset()).back(), kResearchOnly);
}

TEST(MeasurementReport, StatesTheReadersResultBesideThatOfTheModel) {
  ExamResults exam = MakeExam(FourExamImages());
  ReaderCorrection reader;
  reader.category = DensityCategory::kD;
  reader.percent = 41.26;
  reader.author = "Reader One";
  reader.at = "20261128101500";
  exam.options.reader = reader;
  Report report = Made(exam);
  DcmItem& group = *report.groups.at("exam, by the reader");
  EXPECT_THAT(Numbers(group, "111046"), ElementsAre("41.3 %"));
  EXPECT_EQ(CodeOf(*Find(group, "129715009").at(0), DCM_ConceptCodeSequence), "129719003");
  EXPECT_THAT(Find(group, "111001"), IsEmpty()) << "no algorithm measured it";
  EXPECT_THAT(Numbers(*report.groups.at("exam"), "111046"), ElementsAre("19.6 %"));
  const auto comments = Comments(report.dataset());
  EXPECT_EQ(comments.back(), kResearchOnlyReviewed);
  EXPECT_THAT(comments, Not(Contains(kResearchOnly)));
}

TEST(MeasurementReport, IsOfTheClassThatTheOptionsName) {
  ExamResults exam = MakeExam(FourExamImages());
  exam.options.sr_comprehensive_3d = true;
  EXPECT_EQ(MakeMeasurementReport(exam, {}).sop_class, "1.2.840.10008.5.1.4.1.1.88.34");
}

}  // namespace
}  // namespace mhcnn
