#include "mhcnn/results/reader_correction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/results/object_text.h"
#include "mhcnn/results/page_text.h"
#include "mhcnn/results/result_objects.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/exams.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::ErrorMessage;
using testing_support::FourExamImages;
using testing_support::MakeExam;
using testing_support::ScratchFolder;

ReaderCorrection Reader() {
  ReaderCorrection reader;
  reader.category = DensityCategory::kD;
  reader.percent = 61.04;
  reader.author = "Jane Doe";
  reader.organization = "node";
  reader.at = "20261128150405";
  return reader;
}

/// An exam of category c, with Patient Orientation so that a CAD report is made.
ExamResults Exam(const std::optional<ReaderCorrection>& reader = {}) {
  ExamResults exam = MakeExam(FourExamImages());
  for (auto& image : exam.images) image.header.orientation = {"A", "R"};
  exam.options.reader = reader;
  return exam;
}

/// The SR of an exam, read from a file.
class Report {
 public:
  explicit Report(const ExamResults& exam) {
    for (const auto& file : MakeObjects(exam, {ResultFormat::kSr}).files) {
      if (file.name == "sr.dcm")
        WriteFileAtomically(path(),
                            {reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()});
    }
    file_ = LoadDicom(path());
  }
  DcmDataset& dataset() { return *file_->getDataset(); }
  std::vector<std::string> lines() { return DescribeObject(path()).value().lines; }

 private:
  std::filesystem::path path() const { return folder_ / "sr.dcm"; }
  ScratchFolder folder_;
  std::unique_ptr<DicomFile> file_;
};

TEST(ReaderCorrection, PageStatesCorrectionNextToModelResult) {
  ReaderCorrection reader = Reader();
  EXPECT_EQ(ReaderCategoryText(reader, DensityCategory::kC), "d (model: c)");
  EXPECT_EQ(ReaderCategoryText(reader, DensityCategory::kD), "d");
  EXPECT_EQ(ReaderCategoryText(reader, {}), "d (model: none)");
  EXPECT_EQ(ReaderPercentText(reader, 23.4), "61.0 % (model: 23.4 %)");
  EXPECT_EQ(ReaderTimeText(reader), "2026-11-28 15:04:05 UTC");
  reader.comment = "dense";
  const auto all = ReaderStatements(reader, DensityCategory::kC, 23.4);
  EXPECT_THAT(all, Contains("Reader Jane Doe, 2026-11-28 15:04:05 UTC, saw the model's result and "
                            "corrected it."));
  EXPECT_THAT(all, Contains("The model's result was category c; percent density 23.4 %."));
  EXPECT_THAT(all, Contains("Comment of the reader: dense"));
  EXPECT_THAT(all[0], HasSubstr("category d (extremely dense): dense; percent density 61.0 %"));
}

TEST(ReaderCorrection, NamesFitTheirValueRepresentations) {
  EXPECT_EQ(PersonNameValue("a^b=c\\d\n"), "a b c d^");
  EXPECT_EQ(PersonNameValue("^"), "");
  EXPECT_EQ(LongStringValue("a^b\\c"), "a^b c");
  std::string umlauts;
  for (int i = 0; i < 70; ++i) umlauts += "ü";
  EXPECT_EQ(PersonNameValue(umlauts).size(), 127U) << "64 characters";
  EXPECT_NO_THROW(Reader().Check());
  const auto wrong = [](auto change) {
    ReaderCorrection bad = Reader();
    change(bad);
    return ErrorMessage([&] { bad.Check(); }, ErrorCode::kUsage);
  };
  EXPECT_THAT(wrong([](auto& bad) { bad.author = "^"; }), HasSubstr("author"));
  EXPECT_THAT(wrong([](auto& bad) { bad.at = "today"; }), HasSubstr("at"));
  EXPECT_THAT(wrong([](auto& bad) { bad.percent = 101; }), HasSubstr("percent"));
  EXPECT_THAT(wrong([](auto& bad) { bad.organization = " "; }), HasSubstr("organization"));
}

TEST(ReaderCorrection, VerifiesTheReportAndReplacesTheModels) {
  ExamResults exam = Exam(Reader());
  exam.options.read = {{"1.2.3", "1.2.3.4", UID_ComprehensiveSRStorage, "1.2.3.4.5"}};
  Report report(exam);
  DcmDataset& sr = report.dataset();
  EXPECT_EQ(DicomText(sr, DCM_VerificationFlag), "VERIFIED");
  DcmItem* observer = DicomSequenceItem(sr, DCM_VerifyingObserverSequence);
  ASSERT_NE(observer, nullptr);
  EXPECT_EQ(DicomText(*observer, DCM_VerifyingObserverName), "Jane Doe^");
  EXPECT_EQ(DicomText(*observer, DCM_VerificationDateTime), "20261128150405+0000");
  EXPECT_EQ(DicomText(*observer, DCM_VerifyingOrganization), "node");
  DcmItem* study = DicomSequenceItem(sr, DCM_PredecessorDocumentsSequence);
  ASSERT_NE(study, nullptr);
  DcmItem* series = DicomSequenceItem(*study, DCM_ReferencedSeriesSequence);
  DcmItem* object = DicomSequenceItem(*series, DCM_ReferencedSOPSequence);
  EXPECT_EQ(DicomText(*object, DCM_ReferencedSOPInstanceUID), "1.2.3.4.5");
  EXPECT_EQ(DicomText(sr, DCM_InstanceNumber), "2");
  std::string all;
  for (const auto& line : report.lines()) all += line + "\n";
  EXPECT_THAT(all, HasSubstr("Jane Doe"));
  EXPECT_THAT(all, HasSubstr("Extremely dense"));
  EXPECT_THAT(all, HasSubstr("Heterogeneously dense")) << "the model's";
  EXPECT_THAT(all, HasSubstr("verified by Jane Doe^ of node at 20261128150405+0000"));
  EXPECT_THAT(all, Not(HasSubstr("no person has reviewed this result")));

  Report before(Exam());
  EXPECT_EQ(DicomText(before.dataset(), DCM_VerificationFlag), "UNVERIFIED");
  EXPECT_EQ(DicomText(before.dataset(), DCM_SeriesInstanceUID),
            DicomText(sr, DCM_SeriesInstanceUID));
  EXPECT_NE(DicomText(before.dataset(), DCM_SOPInstanceUID), DicomText(sr, DCM_SOPInstanceUID));
}

TEST(ReaderCorrection, VerifiesNothingWhereTheReaderIsNotKnown) {
  ReaderCorrection nobody = Reader();
  nobody.identified = false;
  Report report(Exam(nobody));
  EXPECT_EQ(DicomText(report.dataset(), DCM_VerificationFlag), "UNVERIFIED");
  EXPECT_EQ(DicomSequenceItem(report.dataset(), DCM_VerifyingObserverSequence), nullptr);
  std::string all;
  for (const auto& line : report.lines()) all += line + "\n";
  EXPECT_THAT(all, HasSubstr("Extremely dense")) << "it is still what was said";
}

TEST(ReaderCorrection, ChangesNeitherSegmentationsNorCadReport) {
  using F = ResultFormat;
  ExamResults corrected = Exam(Reader());
  corrected.options.read = {{"1.2.3", "1.2.3.4", UID_ComprehensiveSRStorage, "1.2.3.4.5"}};
  const std::set<F> formats = {F::kSeg, F::kSr, F::kCad, F::kFhir};
  const auto a = MakeObjects(Exam(), formats), b = MakeObjects(corrected, formats);
  ASSERT_EQ(a.files.size(), b.files.size());
  int same = 0;
  for (std::size_t i = 0; i < a.files.size(); ++i) {
    const std::string name = a.files[i].name.string();
    const bool kept = name != "sr.dcm" && name != "fhir.json";
    EXPECT_EQ(a.files[i].bytes == b.files[i].bytes, kept) << name;
    same += kept;
  }
  EXPECT_EQ(same, 9) << "four SEG, four source pictures, CAD SR";
}

TEST(ReaderCorrection, EachChangeHasAnotherUid) {
  const auto uid = [](auto change) {
    ReaderCorrection reader = Reader();
    change(reader);
    Report report(Exam(reader));
    return DicomText(report.dataset(), DCM_SOPInstanceUID);
  };
  std::set<std::string> uids = {uid([](auto&) {})};
  uids.insert(uid([](auto& r) { r.category = DensityCategory::kA; }));
  uids.insert(uid([](auto& r) { r.percent = 60; }));
  uids.insert(uid([](auto& r) { r.author = "Other"; }));
  uids.insert(uid([](auto& r) { r.comment = "x"; }));
  uids.insert(uid([](auto& r) { r.at = "20261128150406"; }));
  uids.insert(uid([](auto& r) { r.version = 2; }));
  EXPECT_EQ(uids.size(), 7U);
  EXPECT_EQ(uid([](auto&) {}), uid([](auto&) {}));
}

TEST(ReaderCorrection, OtherLettersAreWrittenInUtf8) {
  ReaderCorrection reader = Reader();
  reader.author = "Γιάννης Müller";
  reader.comment = "πυκνός";
  Report report(Exam(reader));
  EXPECT_EQ(DicomText(report.dataset(), DCM_SpecificCharacterSet), "ISO_IR 192");
  DcmItem* observer = DicomSequenceItem(report.dataset(), DCM_VerifyingObserverSequence);
  EXPECT_EQ(DicomText(*observer, DCM_VerifyingObserverName), reader.author + "^");
}

TEST(ReaderCorrection, IsTheResultOfThePage) {
  const PageText page = MakePageText(Exam(Reader()));
  EXPECT_EQ(page.category, "d");
  EXPECT_EQ(page.category_words, "Extremely dense");
  EXPECT_EQ(page.reader, "Reader: d (model: c)");
  EXPECT_EQ(page.model_category, "c");
  EXPECT_EQ(page.percent, "61.0");
  EXPECT_THAT(page.interval, HasSubstr("model " + MakePageText(Exam()).percent + " % ("));
  EXPECT_THAT(page.reader_remark, HasSubstr("Jane Doe, 2026-11-28 15:04:05 UTC"));
  EXPECT_EQ(page.rows.size(), MakePageText(Exam()).rows.size());
}

}  // namespace
}  // namespace mhcnn
