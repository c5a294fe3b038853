#include "mhcnn/results/sr_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/exams.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::FourExamImages;
using testing_support::MakeExam;
using testing_support::ScratchFolder;

constexpr const char* kComprehensive = "1.2.840.10008.5.1.4.1.1.88.33";

SrItem Root() {
  SrItem root;
  root.name = codes::kMeasurementReport;
  root.template_id = "1500";
  return root;
}

/// The document as the toolkit reads its file.
std::unique_ptr<DicomFile> Made(const ExamResults& exam, const SrItem& root,
                                const std::vector<SrEvidence>& evidence = {}) {
  const DicomObject object = MakeSrDocument(exam, kSrSeries, kComprehensive, root, evidence);
  const ScratchFolder folder;
  WriteFileAtomically(folder / "sr.dcm", object.bytes);
  auto file = LoadDicom(folder / "sr.dcm");
  file->loadAllDataIntoMemory();
  return file;
}

std::string CodeValue(DcmItem& item, const DcmTagKey& sequence) {
  DcmItem* code = DicomSequenceItem(item, sequence);
  return code == nullptr ? "" : DicomText(*code, DCM_CodeValue);
}

TEST(SrTree, NamesOfTypesAreThoseOfTheStandard) {
  EXPECT_STREQ(SrTypeName(SrType::kContainer), "CONTAINER");
  EXPECT_STREQ(SrTypeName(SrType::kCode), "CODE");
  EXPECT_STREQ(SrTypeName(SrType::kText), "TEXT");
  EXPECT_STREQ(SrTypeName(SrType::kPersonName), "PNAME");
  EXPECT_STREQ(SrTypeName(SrType::kUidRef), "UIDREF");
  EXPECT_STREQ(SrTypeName(SrType::kDate), "DATE");
  EXPECT_STREQ(SrTypeName(SrType::kNumber), "NUM");
  EXPECT_STREQ(SrTypeName(SrType::kImage), "IMAGE");
  EXPECT_STREQ(SrTypeName(SrType::kCoordinates), "SCOORD");
}

TEST(SrTree, EachItemHasItsValue) {
  SrItem root = Root();
  root.CodeItem("HAS CONCEPT MOD", codes::kLanguage, codes::kEnglish);
  root.Text("CONTAINS", codes::kComment, "plain text");
  root.Number("CONTAINS", codes::kPercentFibroglandular, "23.4", codes::kPercent);
  root.Uid("HAS OBS CONTEXT", codes::kDeviceUid, "1.2.3");
  root.Person("HAS OBS CONTEXT", codes::kPersonName, "Doe^Jane");
  SrItem& group = root.Container("CONTAINS", codes::kMeasurementGroup, "1410");
  group.Image("CONTAINS", codes::kSourceOfMeasurement, "1.2.840.10008.5.1.4.1.1.66.4", "1.2.4", 2);
  const auto file = Made(MakeExam(FourExamImages()), root);
  DcmDataset& dataset = *file->getDataset();
  EXPECT_EQ(DicomText(dataset, DCM_SOPClassUID), kComprehensive);
  EXPECT_EQ(DicomText(dataset, DCM_Modality), "SR");
  EXPECT_EQ(DicomText(dataset, DCM_ValueType), "CONTAINER");
  EXPECT_EQ(CodeValue(dataset, DCM_ConceptNameCodeSequence), "126000");
  DcmItem* tid = DicomSequenceItem(dataset, DCM_ContentTemplateSequence);
  ASSERT_NE(tid, nullptr);
  EXPECT_EQ(DicomText(*tid, DCM_TemplateIdentifier), "1500");
  const auto item = [&](unsigned long i) -> DcmItem& {
    DcmItem* found = DicomSequenceItem(dataset, DCM_ContentSequence, i);
    if (found == nullptr) throw std::logic_error("there is no such item");
    return *found;
  };
  EXPECT_EQ(DicomText(item(0), DCM_RelationshipType), "HAS CONCEPT MOD");
  EXPECT_EQ(DicomText(item(0), DCM_ValueType), "CODE");
  EXPECT_EQ(CodeValue(item(0), DCM_ConceptNameCodeSequence), "121049");
  EXPECT_EQ(CodeValue(item(0), DCM_ConceptCodeSequence), "en");
  EXPECT_EQ(DicomText(item(1), DCM_TextValue), "plain text");
  DcmItem* value = DicomSequenceItem(item(2), DCM_MeasuredValueSequence);
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(DicomText(*value, DCM_NumericValue), "23.4");
  EXPECT_EQ(CodeValue(*value, DCM_MeasurementUnitsCodeSequence), "%");
  EXPECT_EQ(DicomText(item(3), DCM_UID), "1.2.3");
  EXPECT_EQ(DicomText(item(4), DCM_PersonName), "Doe^Jane");
  EXPECT_EQ(DicomText(item(5), DCM_ContinuityOfContent), "SEPARATE");
  DcmItem* image = DicomSequenceItem(item(5), DCM_ContentSequence);
  ASSERT_NE(image, nullptr);
  DcmItem* reference = DicomSequenceItem(*image, DCM_ReferencedSOPSequence);
  ASSERT_NE(reference, nullptr);
  EXPECT_EQ(DicomText(*reference, DCM_ReferencedSOPInstanceUID), "1.2.4");
  EXPECT_EQ(DicomText(*reference, DCM_ReferencedFrameNumber), "2");
  EXPECT_EQ(DicomText(dataset, DCM_SpecificCharacterSet), "") << "all texts are ASCII";
  EXPECT_EQ(DicomText(dataset, DCM_VerificationFlag), "UNVERIFIED");
}

TEST(SrTree, ReferenceNamesThePlaceOfItsTarget) {
  SrItem root = Root();
  root.Text("CONTAINS", codes::kComment, "first");
  SrItem& library = root.Container("CONTAINS", codes::kImageLibrary);
  library.Text("CONTAINS", codes::kComment, "an item before");
  SrItem& image = library.Image("CONTAINS", {}, "1.2.840.10008.5.1.4.1.1.1.2", "1.2.5");
  root.Number("CONTAINS", codes::kPercentFibroglandular, "23.4", codes::kPercent)
      .Reference("INFERRED FROM", image);
  const auto file = Made(MakeExam(FourExamImages()), root);
  DcmItem* number = DicomSequenceItem(*file->getDataset(), DCM_ContentSequence, 2);
  ASSERT_NE(number, nullptr);
  DcmItem* reference = DicomSequenceItem(*number, DCM_ContentSequence);
  ASSERT_NE(reference, nullptr);
  EXPECT_EQ(DicomText(*reference, DCM_RelationshipType), "INFERRED FROM");
  const Uint32* position = nullptr;
  unsigned long count = 0;
  ASSERT_TRUE(
      reference->findAndGetUint32Array(DCM_ReferencedContentItemIdentifier, position, &count)
          .good());
  // The root is 1, the library its second item, the image the second item of that.
  EXPECT_THAT(std::vector<Uint32>(position, position + count), ElementsAre(1, 2, 2));
}

TEST(SrTree, EvidenceIsByStudyAndSeries) {
  SrItem root = Root();
  root.Text("CONTAINS", codes::kComment, "text");
  const auto file = Made(MakeExam(FourExamImages()), root,
                         {{"1.1", "1.1.1", "1.2.3", "1.1.1.1"},
                          {"1.2", "1.2.1", "1.2.3", "1.2.1.1"},
                          {"1.1", "1.1.2", "1.2.3", "1.1.2.1"},
                          {"1.1", "1.1.1", "1.2.3", "1.1.1.2"}});
  std::vector<std::string> found;
  for (unsigned long s = 0;; ++s) {
    DcmItem* study =
        DicomSequenceItem(*file->getDataset(), DCM_CurrentRequestedProcedureEvidenceSequence, s);
    if (study == nullptr) break;
    found.push_back("study " + DicomText(*study, DCM_StudyInstanceUID));
    for (unsigned long r = 0;; ++r) {
      DcmItem* series = DicomSequenceItem(*study, DCM_ReferencedSeriesSequence, r);
      if (series == nullptr) break;
      found.push_back("series " + DicomText(*series, DCM_SeriesInstanceUID));
      for (unsigned long o = 0;; ++o) {
        DcmItem* object = DicomSequenceItem(*series, DCM_ReferencedSOPSequence, o);
        if (object == nullptr) break;
        found.push_back(DicomText(*object, DCM_ReferencedSOPInstanceUID));
      }
    }
  }
  EXPECT_THAT(found, ElementsAre("study 1.1", "series 1.1.1", "1.1.1.1", "1.1.1.2", "series 1.1.2",
                                 "1.1.2.1", "study 1.2", "series 1.2.1", "1.2.1.1"));
}

TEST(SrTree, WordsOfReaderMakeItUtf8AndVerifyIt) {
  SrItem root = Root();
  root.Words("CONTAINS", codes::kComment, "\xC3\xA4");
  root.Text("CONTAINS", codes::kComment, "\xC3\xA4");
  ExamResults exam = MakeExam(FourExamImages());
  ReaderCorrection reader;
  reader.author = "J\xC3\xBCrgen";
  reader.organization = "Clinic";
  reader.at = "20261128101500";
  exam.options.reader = reader;
  const auto file = Made(exam, root);
  DcmDataset& dataset = *file->getDataset();
  EXPECT_EQ(DicomText(dataset, DCM_SpecificCharacterSet), "ISO_IR 192");
  EXPECT_EQ(DicomText(*DicomSequenceItem(dataset, DCM_ContentSequence, 0), DCM_TextValue),
            "\xC3\xA4");
  EXPECT_EQ(DicomText(*DicomSequenceItem(dataset, DCM_ContentSequence, 1), DCM_TextValue)
                .find_first_not_of('?'),
            std::string::npos);
  EXPECT_EQ(DicomText(dataset, DCM_VerificationFlag), "VERIFIED");
  DcmItem* observer = DicomSequenceItem(dataset, DCM_VerifyingObserverSequence);
  ASSERT_NE(observer, nullptr);
  EXPECT_THAT(DicomText(*observer, DCM_VerifyingObserverName), HasSubstr("J\xC3\xBCrgen"));
  EXPECT_EQ(DicomText(*observer, DCM_VerifyingOrganization), "Clinic");
  EXPECT_EQ(DicomText(*observer, DCM_VerificationDateTime), "20261128101500+0000");

  exam.options.reader->identified = false;
  EXPECT_EQ(DicomText(*Made(exam, root)->getDataset(), DCM_VerificationFlag), "UNVERIFIED");
}

TEST(SrTree, RefusesRelationshipThatTheClassForbids) {
  SrItem root = Root();
  root.Text("INFERRED FROM", codes::kComment, "a container is inferred from nothing");
  EXPECT_NE(ErrorMessage([&] { Made(MakeExam(FourExamImages()), root); }, ErrorCode::kInternal),
            "");
}

TEST(SrTree, DecimalTextFitsItsElement) {
  EXPECT_EQ(DecimalText(0.085), "0.085");
  EXPECT_EQ(DecimalText(1234567), "1.23457e+06");
  for (const double value : {1.0 / 3, -1e-300 / 3, 1e300 / 3, 123456.789})
    EXPECT_LE(DecimalText(value).size(), 16U) << value;
}

TEST(SrTree, ViewHasItsCode) {
  MammogramMetadata metadata;
  EXPECT_FALSE(ToViewCode(metadata));
  // SNOMED CT of CID 4014.
  metadata.view = View::kCC;
  ASSERT_TRUE(ToViewCode(metadata));
  EXPECT_STREQ(ToViewCode(metadata)->value, "399162004");
  metadata.view = View::kMLO;
  EXPECT_STREQ(ToViewCode(metadata)->value, "399368009");
  metadata.view_text = "CC";
  EXPECT_STREQ(ToViewCode(metadata)->value, "399368009") << "a text of another view does not count";
}

TEST(SrTree, EvidenceOfImagesAreTheirUids) {
  const ExamResults exam = MakeExam(FourExamImages());
  const auto evidence = ListImageEvidence(exam);
  ASSERT_EQ(evidence.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(evidence[i].sop_uid, exam.images[i].header.metadata.sop_uid);
    EXPECT_EQ(evidence[i].study_uid, exam.images[i].header.metadata.study_uid);
  }
}

}  // namespace
}  // namespace mhcnn
