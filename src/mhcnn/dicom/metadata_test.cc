#include "mhcnn/dicom/metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/header_changes.h"

namespace mhcnn {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing_support::ReadChanged;
using testing_support::Refusal;
using testing_support::Set;

TEST(Facts, ImageLateralityPrecedesSeriesLaterality) {
  const auto facts = ReadChanged(Set(DCM_Laterality, "R")).facts;
  EXPECT_EQ(facts.laterality, Laterality::kLeft);
  EXPECT_THAT(facts.flags, Contains("laterality_conflict"));
  const auto series_only = ReadChanged([](DcmDataset& d) {
                             d.findAndDeleteElement(DCM_ImageLaterality);
                             Set(DCM_Laterality, "R")(d);
                           }).facts;
  EXPECT_EQ(series_only.laterality, Laterality::kRight);
  EXPECT_EQ(ReadChanged(Set(DCM_ImageLaterality, "B")).facts.laterality, Laterality::kUnknown);
}

TEST(Facts, ViewCodesOfBothSchemesAndModifiers) {
  const auto coded = [](const std::string& view, const std::string& modifier) {
    return [=](DcmDataset& d) {
      DcmItem* item = nullptr;
      d.findOrCreateSequenceItem(DCM_ViewCodeSequence, item, 0);
      item->putAndInsertString(DCM_CodeValue, view.c_str());
      if (modifier.empty()) return;
      DcmItem* second = nullptr;
      item->findOrCreateSequenceItem(DCM_ViewModifierCodeSequence, second, 0);
      second->putAndInsertString(DCM_CodeValue, modifier.c_str());
    };
  };
  auto facts = ReadChanged(coded("R-10226", "R-102D5")).facts;
  EXPECT_EQ(facts.view, View::kMLO);
  EXPECT_EQ(facts.view_text, "MLO ID");
  EXPECT_THAT(facts.flags, testing::ElementsAre("implant_displaced"));
  facts = ReadChanged(coded("399162004", "399055006")).facts;
  EXPECT_EQ(facts.view, View::kCC);
  EXPECT_THAT(facts.flags, testing::ElementsAre("view_conflict", "spot_view"));
  EXPECT_THAT(ReadChanged(coded("R-10224", "399163009")).facts.flags,
              Contains("magnification_view"));
  EXPECT_THAT(Refusal(coded("127457009", "")), HasSubstr("tissue specimen"));
  EXPECT_THAT(Refusal(coded("127457009", "399163009")), HasSubstr("tissue specimen"));
  EXPECT_EQ(ReadChanged(coded("no such code", "")).facts.view,
            View::kMLO);  // View Position says it
}

TEST(Facts, PatientOrientationMayHoldTheView) {
  const auto view = [](bool with_position) {
    return ReadChanged([=](DcmDataset& d) {
             if (!with_position) d.findAndDeleteElement(DCM_ViewPosition);
             d.findAndDeleteElement(DCM_ViewCodeSequence);
             Set(DCM_PatientOrientation, "CC")(d);
           })
        .facts.view;
  };
  EXPECT_EQ(view(false), View::kCC);
  EXPECT_EQ(view(true), View::kMLO) << "View Position goes before it";
}

TEST(Facts, ViewPositionTellsModifiersAndOtherViews) {
  const auto facts = [](const char* position, const char* code = nullptr) {
    return ReadChanged([=](DcmDataset& d) {
             d.findAndDeleteElement(DCM_ViewCodeSequence);
             Set(DCM_ViewPosition, position)(d);
             if (code == nullptr) return;
             DcmItem* item = nullptr;
             d.findOrCreateSequenceItem(DCM_ViewCodeSequence, item, 0);
             item->putAndInsertString(DCM_CodeValue, code);
           })
        .facts;
  };
  const auto magnified = facts("LCCM");
  EXPECT_EQ(magnified.view, View::kCC);
  EXPECT_THAT(magnified.flags, testing::ElementsAre("magnification_view"));
  EXPECT_THAT(magnified.view_modifiers, testing::ElementsAre("magnification"));
  EXPECT_THAT(facts("MLO SPOT").flags, testing::ElementsAre("spot_view"));
  EXPECT_EQ(facts("SPOT").view, View::kOther);
  EXPECT_EQ(facts("LATERAL").view, View::kOther);
  EXPECT_EQ(facts("", "no such code").view, View::kUnknown);  // the picture may tell
  EXPECT_EQ(facts("STANDARD").view, View::kUnknown);
  EXPECT_EQ(facts("").view, View::kUnknown);
  EXPECT_EQ(facts("UNKNOWN").view, View::kUnknown);
}

TEST(Scope, ImageTypeTellsBiopsiesAndContrast) {
  for (const char* type : {"ORIGINAL\\PRIMARY\\STEREO_MINUS", "ORIGINAL\\PRIMARY\\PREFIRE_PLUS",
                           "ORIGINAL\\PRIMARY\\TOMO_SCOUT", "ORIGINAL\\PRIMARY\\POSTFIRE\\\\"}) {
    EXPECT_THAT(Refusal(Set(DCM_ImageType, type)), HasSubstr("during a biopsy")) << type;
  }
  for (const char* type :
       {"DERIVED\\PRIMARY\\POST_CONTRAST\\SUBTRACTION", "DERIVED\\PRIMARY\\\\RECOMBINED",
        "ORIGINAL\\PRIMARY\\POST_CONTRAST\\\\HIGH_ENERGY"}) {
    EXPECT_THAT(Refusal(Set(DCM_ImageType, type)), HasSubstr("contrast image")) << type;
  }
  for (const char* type :
       {"DERIVED\\PRIMARY", "ORIGINAL\\PRIMARY\\", "DERIVED\\PRIMARY\\POST_CONTRAST\\\\LOW_ENERGY"})
    EXPECT_THAT(ReadChanged(Set(DCM_ImageType, type)).facts.flags, testing::IsEmpty()) << type;
}

TEST(Facts, SpacingAtTheBreast) {
  EXPECT_DOUBLE_EQ(ReadChanged(Set(DCM_EstimatedRadiographicMagnificationFactor, "1.25"))
                       .facts.row_spacing_mm.value(),
                   0.07 / 1.25);
  EXPECT_THAT(ReadChanged(Set(DCM_EstimatedRadiographicMagnificationFactor, "1.8")).facts.flags,
              Contains("magnification_view"));
  const auto without = [](const std::string& calibration) {
    return [=](DcmDataset& d) {
      d.findAndDeleteElement(DCM_ImagerPixelSpacing);
      Set(DCM_PixelSpacing, "0.1\\0.2")(d);
      if (!calibration.empty()) Set(DCM_PixelSpacingCalibrationType, calibration)(d);
    };
  };
  EXPECT_DOUBLE_EQ(ReadChanged(without("GEOMETRY")).facts.column_spacing_mm.value(), 0.2);
  const auto uncalibrated = ReadChanged(without("")).facts;
  EXPECT_FALSE(uncalibrated.row_spacing_mm.has_value());
  EXPECT_THAT(uncalibrated.flags, Contains("spacing_uncalibrated"));
  const auto implausible = ReadChanged(Set(DCM_ImagerPixelSpacing, "70\\70")).facts;
  EXPECT_FALSE(implausible.row_spacing_mm.has_value());
  EXPECT_THAT(implausible.flags, Contains("spacing_implausible"));
  EXPECT_DOUBLE_EQ(
      ReadChanged(Set(DCM_ImagerPixelSpacing, "0,094\\0,094")).facts.row_spacing_mm.value(), 0.094);
}

TEST(Facts, QualityFlags) {
  EXPECT_THAT(ReadChanged(Set(DCM_BreastImplantPresent, "YES")).facts.flags, Contains("implant"));
  EXPECT_THAT(ReadChanged(Set(DCM_PartialView, "YES")).facts.flags, Contains("partial_view"));
  EXPECT_THAT(ReadChanged(Set(DCM_BurnedInAnnotation, "YES")).facts.flags,
              Contains("burned_in_annotation"));
  EXPECT_THAT(ReadChanged(Set(DCM_PresentationLUTShape, "INVERSE")).facts.flags,
              Contains("photometric_conflict"));
  EXPECT_THAT(ReadChanged(Set(DCM_RescaleSlope, "0")).facts.flags, Contains("rescale_invalid"));
  EXPECT_THAT(ReadChanged([](DcmDataset& d) {
                Set(DCM_WindowCenter, "10")(d);
                Set(DCM_WindowWidth, "-4")(d);
              }).facts.flags,
              Contains("window_invalid"));
  EXPECT_THAT(ReadChanged([](DcmDataset&) {}).facts.flags, testing::IsEmpty());
}

TEST(Facts, ReadsTextAsUtf8AndIgnoresMalformedValues) {
  EXPECT_EQ(ReadChanged(Set(DCM_Manufacturer, "M\xFCller \x01")).facts.manufacturer,
            "M\xC3\xBCller");
  EXPECT_EQ(ReadChanged(Set(DCM_Manufacturer, "M\xC3\xBCller")).facts.manufacturer,
            "M\xC3\xBCller");
  const auto facts = ReadChanged([](DcmDataset& d) {
                       Set(DCM_ImagerPixelSpacing, "nonsense")(d);
                       Set(DCM_WindowCenter, "1e999")(d);
                       Set(DCM_WindowWidth, "\\\\")(d);
                     }).facts;
  EXPECT_FALSE(facts.row_spacing_mm.has_value());
}

}  // namespace
}  // namespace mhcnn
