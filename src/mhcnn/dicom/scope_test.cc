// What is read, what is refused and in which words, and what the header says.
#include "mhcnn/dicom/scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/header_changes.h"

namespace mhcnn {
namespace {

using testing::HasSubstr;
using testing_support::Change;
using testing_support::ReadChanged;
using testing_support::Refusal;
using testing_support::Set;

/// The header's words of modality, SOP class, body part and view, "" for none.
Change Kind(const std::string& modality, const std::string& sop_class, const std::string& part,
            const std::string& view) {
  return [=](DcmDataset& d) {
    d.findAndDeleteElement(DCM_ViewCodeSequence);
    d.findAndDeleteElement(DCM_AnatomicRegionSequence);
    Set(DCM_Modality, modality)(d);
    Set(DCM_SOPClassUID, sop_class)(d);
    Set(DCM_BodyPartExamined, part)(d);
    Set(DCM_ViewPosition, view)(d);
  };
}

TEST(Scope, RefusesOtherObjectsByName) {
  EXPECT_THAT(Refusal(Kind("CT", UID_CTImageStorage, "", "")), HasSubstr("is a CT image"));
  EXPECT_THAT(Refusal(Kind("US", UID_UltrasoundImageStorage, "BREAST", "")),
              HasSubstr("is an ultrasound image"));
  EXPECT_THAT(Refusal(Kind("MR", UID_SecondaryCaptureImageStorage, "BREAST", "")),
              HasSubstr("is an MR image"));
  EXPECT_THAT(Refusal(Kind("DX", UID_DigitalXRayImageStorageForPresentation, "CHEST", "PA")),
              HasSubstr("is a DX image of the CHEST"));
  EXPECT_THAT(Refusal(Kind("CR", UID_ComputedRadiographyImageStorage, "", "PA")),
              HasSubstr("in view PA"));
  EXPECT_THAT(Refusal(Kind("DX", UID_DigitalXRayImageStorageForPresentation, "", "")),
              HasSubstr("does not state that it shows a breast"));
  EXPECT_THAT(Refusal(Kind("SR", UID_MammographyCADSRStorage, "", "")),
              HasSubstr("is a structured report"));
  EXPECT_THAT(Refusal(Set(DCM_NumberOfFrames, "60")),
              HasSubstr("is a breast tomosynthesis volume of 60 frames"));
  EXPECT_THAT(Refusal(Set(DCM_PhotometricInterpretation, "PALETTE COLOR")),
              HasSubstr("unsupported: has Photometric Interpretation PALETTE COLOR"));
}

TEST(Scope, RefusesPartsAndMasksOfDataSets) {
  EXPECT_THAT(
      Refusal(Set(DCM_SeriesDescription, "cropped images")),
      HasSubstr("is a part or a mask of a mammogram (Series Description 'cropped images')"));
  EXPECT_THAT(Refusal(Set(DCM_SeriesDescription, "ROI mask images")), HasSubstr("ROI mask"));
  EXPECT_EQ(Refusal(Set(DCM_SeriesDescription, "full mammogram images")), "");
}

TEST(Scope, AcceptsFilmWithEvidenceOrWithoutContradiction) {
  EXPECT_EQ(Refusal(Kind("RG", UID_SecondaryCaptureImageStorage, "BREAST", "MLO")), "");
  EXPECT_EQ(Refusal(Kind("CR", UID_ComputedRadiographyImageStorage, "", "CC")), "");
  EXPECT_EQ(Refusal(Kind("", "", "", "")), "");
  // By words of the study.
  const auto described = [](DcmDataset& d) {
    Kind("DX", UID_DigitalXRayImageStorageForPresentation, "", "")(d);
    Set(DCM_StudyDescription, "Screening MAMMOGRAPHY")(d);
  };
  EXPECT_THAT(ReadChanged(described).metadata.flags, testing::Contains("mammogram_not_stated"));
  // ML is a view of limbs, too.
  EXPECT_THAT(
      ReadChanged(Kind("DX", UID_DigitalXRayImageStorageForPresentation, "", "ML")).metadata.flags,
      testing::Contains("mammogram_not_stated"));
  EXPECT_THAT(ReadChanged(Kind("OT", UID_SecondaryCaptureImageStorage, "", "")).metadata.flags,
              testing::ElementsAre("modality_not_mg", "secondary_capture", "mammogram_not_stated"));
}

}  // namespace
}  // namespace mhcnn
