#include "mhcnn/service/received_header.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "mhcnn/base/file.h"
#include "mhcnn/results/exam_results.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/header_changes.h"
#include "mhcnn/testing/real_data.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing_support::Change;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;
using testing_support::Set;
using testing_support::WriteChanged;

/// The header of a mammogram with a fixed identity, after the changes.
ReceivedObject Header(const std::vector<Change>& changes) {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", [&](DcmDataset& d) {
    for (const auto& change : {Set(DCM_SOPInstanceUID, "1.2.3.4"), Set(DCM_StudyInstanceUID, "1.2"),
                               Set(DCM_SeriesInstanceUID, "1.2.3"), Set(DCM_StudyDate, "20250131"),
                               Set(DCM_IssuerOfPatientID, "HOSPITAL")}) {
      change(d);
    }
    for (const auto& change : changes) change(d);
  });
  return ReadReceivedHeader(folder / "a.dcm");
}

TEST(ReceivedHeader, ReadsPatientAndStudy) {
  const ReceivedObject object = Header({});
  EXPECT_EQ(object.sop_uid, "1.2.3.4");
  EXPECT_EQ(object.sop_class_uid, UID_DigitalMammographyXRayImageStorageForPresentation);
  EXPECT_EQ(object.series_uid, "1.2.3");
  EXPECT_EQ(object.study_uid, "1.2");
  EXPECT_EQ(object.patient_id, "P-7");
  EXPECT_EQ(object.issuer, "HOSPITAL");
  EXPECT_EQ(object.study_date, "20250131");
  EXPECT_EQ(object.view, "L-MLO");
  EXPECT_EQ(object.use, ObjectPurpose::kMeasure);
  EXPECT_EQ(object.reason, "");
  EXPECT_GT(object.bytes, 1000U);
}

TEST(ReceivedHeader, MeasuresRawImages) {
  EXPECT_EQ(Header({Set(DCM_PresentationIntentType, "FOR PROCESSING"),
                    Set(DCM_SOPClassUID, UID_DigitalMammographyXRayImageStorageForProcessing)})
                .use,
            ObjectPurpose::kMeasure);
}

TEST(ReceivedHeader, CountsStandardViewsAlone) {
  EXPECT_EQ(Header({Set(DCM_ViewPosition, "CC"),
                    [](DcmDataset& d) { d.findAndDeleteElement(DCM_ViewCodeSequence); }})
                .view,
            "L-CC");
  const auto magnified = Header({[](DcmDataset& d) {
    DcmItem* view = nullptr;
    DcmItem* modifier = nullptr;
    ASSERT_TRUE(d.findOrCreateSequenceItem(DCM_ViewCodeSequence, view, 0).good());
    ASSERT_TRUE(view->findOrCreateSequenceItem(DCM_ViewModifierCodeSequence, modifier, 0).good());
    modifier->putAndInsertString(DCM_CodeValue, "399163009");  // magnification
    modifier->putAndInsertString(DCM_CodingSchemeDesignator, "SCT");
    modifier->putAndInsertString(DCM_CodeMeaning, "magnification");
  }});
  EXPECT_EQ(magnified.view, "");
  EXPECT_EQ(magnified.use, ObjectPurpose::kMeasure);
}

TEST(ReceivedHeader, MeasuresOtherClassesWhereTheyShowABreast) {
  const Change cr = Set(DCM_SOPClassUID, UID_ComputedRadiographyImageStorage);
  const Change sc = Set(DCM_SOPClassUID, UID_SecondaryCaptureImageStorage);
  EXPECT_EQ(Header({cr, Set(DCM_Modality, "CR"), Set(DCM_BodyPartExamined, "BREAST")}).use,
            ObjectPurpose::kMeasure);
  EXPECT_EQ(Header({sc, Set(DCM_Modality, "MG")}).use, ObjectPurpose::kMeasure);
  const auto chest =
      Header({cr, Set(DCM_Modality, "CR"), Set(DCM_BodyPartExamined, "CHEST"),
              [](DcmDataset& d) { d.findAndDeleteElement(DCM_AnatomicRegionSequence); }});
  EXPECT_EQ(chest.use, ObjectPurpose::kKeep);
  EXPECT_NE(chest.reason.find("CHEST"), std::string::npos) << chest.reason;
  EXPECT_EQ(chest.view, "");
}

TEST(ReceivedHeader, KeepsScannedPaperAndReports) {
  const auto paper =
      Header({Set(DCM_SOPClassUID, UID_SecondaryCaptureImageStorage), Set(DCM_Modality, "OT"),
              [](DcmDataset& d) {
                for (const auto& tag : {DCM_BodyPartExamined, DCM_ViewCodeSequence,
                                        DCM_ViewPosition, DCM_AnatomicRegionSequence}) {
                  d.findAndDeleteElement(tag);
                }
              }});
  EXPECT_EQ(paper.use, ObjectPurpose::kKeep);
  EXPECT_EQ(paper.reason, "does not state that it shows a breast");
  EXPECT_EQ(Header({Set(DCM_SOPClassUID, UID_ComprehensiveSRStorage), Set(DCM_Modality, "SR")}).use,
            ObjectPurpose::kKeep);
}

TEST(ReceivedHeader, KnowsOwnResults) {
  const auto own = Header(
      {Set(DCM_Manufacturer, kObjectManufacturer), Set(DCM_ManufacturerModelName, kObjectModel)});
  EXPECT_EQ(own.use, ObjectPurpose::kOwnResult);
}

TEST(ReceivedHeader, DigestsSeparatePixelsAndDemographics) {
  const ReceivedObject one = Header({});
  const auto named = Header({Set(DCM_PatientName, "OTHER^NAME")});
  EXPECT_EQ(named.image_digest, one.image_digest);
  EXPECT_NE(named.demographics_digest, one.demographics_digest);
  const auto described =
      Header({Set(DCM_SeriesDescription, "other"), Set(DCM_SOPInstanceUID, "1.2.3.5")});
  EXPECT_EQ(described.image_digest, one.image_digest);
  EXPECT_EQ(described.demographics_digest, one.demographics_digest);
  const auto spaced = Header({Set(DCM_ImagerPixelSpacing, "0.1\\0.1")});
  EXPECT_NE(spaced.image_digest, one.image_digest);
  const auto moved = Header({Set(DCM_StudyInstanceUID, "1.9")});
  EXPECT_NE(moved.demographics_digest, one.demographics_digest);
  const auto painted = Header({[](DcmDataset& d) {
    Uint16* pixels = nullptr;
    DcmElement* element = nullptr;
    ASSERT_TRUE(d.findAndGetElement(DCM_PixelData, element).good());
    ASSERT_TRUE(element->getUint16Array(pixels).good());
    pixels[7] ^= 1;
  }});
  EXPECT_NE(painted.image_digest, one.image_digest);
  EXPECT_EQ(painted.demographics_digest, one.demographics_digest);
}

TEST(ReceivedHeader, RefusesObjectsWithoutIdentity) {
  const auto why = [](const Change& change) {
    return ErrorMessage([&] { Header({change}); }, ErrorCode::kCorrupt);
  };
  EXPECT_NE(why(Set(DCM_StudyInstanceUID, "")).find("has no Study Instance UID"),
            std::string::npos);
  EXPECT_NE(why(Set(DCM_StudyInstanceUID, "1.2/../3")).find("invalid Study"), std::string::npos);
  EXPECT_NE(why(Set(DCM_SOPInstanceUID, "1..2")).find("invalid SOP"), std::string::npos);
}

TEST(ReceivedHeader, RefusesWhatCannotBeUnderstood) {
  const ScratchFolder folder;
  WriteChanged(folder / "whole.dcm", [](DcmDataset&) {});
  const auto whole = ReadFile(folder / "whole.dcm");
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{3}, std::size_t{140}, whole.size() / 2, whole.size() - 100}) {
    WriteFileAtomically(
        folder / "cut.dcm",
        std::vector(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_EQ(testing_support::ThrownCode([&] { ReadReceivedHeader(folder / "cut.dcm"); }),
              ErrorCode::kCorrupt)
        << size;
  }
  WriteFileAtomically(folder / "text.dcm", std::string(5000, 'x'));
  EXPECT_EQ(testing_support::ThrownCode([&] { ReadReceivedHeader(folder / "text.dcm"); }),
            ErrorCode::kCorrupt);
}

TEST(ReceivedHeader, KnowsTheViewsOfTheSampleExam) {
  std::set<std::string> views;
  for (const auto& entry :
       fs::directory_iterator(fs::path(MHCNN_SOURCE_DIR) / "examples/phantom-exam")) {
    if (entry.path().extension() != ".dcm") continue;
    const ReceivedObject object = ReadReceivedHeader(entry.path());
    EXPECT_EQ(object.use, ObjectPurpose::kMeasure) << entry.path() << object.reason;
    EXPECT_EQ(object.view, entry.path().stem());
    views.insert(object.view);
  }
  EXPECT_EQ(views.size(), 4U);
}

TEST(ReceivedHeader, MeasuresARealMammogram) {
  const fs::path file = testing_support::RealData("dicom/MG1_J2KI.dcm");
  if (!fs::exists(file)) GTEST_SKIP() << testing_support::NoRealData(file);
  const ReceivedObject object = ReadReceivedHeader(file);
  EXPECT_EQ(object.use, ObjectPurpose::kMeasure) << object.reason;
  EXPECT_EQ(object.image_digest.size(), 64U);
}

TEST(ReceivedHeader, KnowsUids) {
  for (const char* uid : {"1", "1.2.840.10008.1.1", "2.25.0", "1.02.3"}) EXPECT_TRUE(IsUid(uid));
  for (const char* uid : {"", ".1", "1.", "1..2", "1.2a", "1.2 ", "../1", "1/2"}) {
    EXPECT_FALSE(IsUid(uid)) << uid;
  }
  EXPECT_TRUE(IsUid(std::string(64, '1')));
  EXPECT_FALSE(IsUid(std::string(65, '1')));
}

}  // namespace
}  // namespace mhcnn
