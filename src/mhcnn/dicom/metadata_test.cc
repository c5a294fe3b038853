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

TEST(Metadata, ImageLateralityPrecedesSeriesLaterality) {
  const auto metadata = ReadChanged(Set(DCM_Laterality, "R")).metadata;
  EXPECT_EQ(metadata.laterality, Laterality::kLeft);
  EXPECT_THAT(metadata.flags, Contains("laterality_conflict"));
  const auto series_only = ReadChanged([](DcmDataset& d) {
                             d.findAndDeleteElement(DCM_ImageLaterality);
                             Set(DCM_Laterality, "R")(d);
                           }).metadata;
  EXPECT_EQ(series_only.laterality, Laterality::kRight);
  EXPECT_EQ(ReadChanged(Set(DCM_ImageLaterality, "B")).metadata.laterality, Laterality::kUnknown);
}

TEST(Metadata, ViewCodesOfBothSchemesAndModifiers) {
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
  auto metadata = ReadChanged(coded("R-10226", "R-102D5")).metadata;
  EXPECT_EQ(metadata.view, View::kMLO);
  EXPECT_EQ(metadata.view_text, "MLO ID");
  EXPECT_THAT(metadata.flags, testing::ElementsAre("implant_displaced"));
  metadata = ReadChanged(coded("399162004", "399055006")).metadata;
  EXPECT_EQ(metadata.view, View::kCC);
  EXPECT_THAT(metadata.flags, testing::ElementsAre("view_conflict", "spot_view"));
  EXPECT_THAT(ReadChanged(coded("R-10224", "399163009")).metadata.flags,
              Contains("magnification_view"));
  EXPECT_THAT(Refusal(coded("127457009", "")), HasSubstr("tissue specimen"));
  EXPECT_THAT(Refusal(coded("127457009", "399163009")), HasSubstr("tissue specimen"));
  EXPECT_EQ(ReadChanged(coded("no such code", "")).metadata.view,
            View::kMLO);  // View Position says it
}

TEST(Metadata, PatientOrientationMayHoldTheView) {
  const auto view = [](bool with_position) {
    return ReadChanged([=](DcmDataset& d) {
             if (!with_position) d.findAndDeleteElement(DCM_ViewPosition);
             d.findAndDeleteElement(DCM_ViewCodeSequence);
             Set(DCM_PatientOrientation, "CC")(d);
           })
        .metadata.view;
  };
  EXPECT_EQ(view(false), View::kCC);
  EXPECT_EQ(view(true), View::kMLO) << "View Position goes before it";
}

TEST(Metadata, ViewPositionTellsModifiersAndOtherViews) {
  const auto metadata = [](const char* position, const char* code = nullptr) {
    return ReadChanged([=](DcmDataset& d) {
             d.findAndDeleteElement(DCM_ViewCodeSequence);
             Set(DCM_ViewPosition, position)(d);
             if (code == nullptr) return;
             DcmItem* item = nullptr;
             d.findOrCreateSequenceItem(DCM_ViewCodeSequence, item, 0);
             item->putAndInsertString(DCM_CodeValue, code);
           })
        .metadata;
  };
  const auto magnified = metadata("LCCM");
  EXPECT_EQ(magnified.view, View::kCC);
  EXPECT_THAT(magnified.flags, testing::ElementsAre("magnification_view"));
  EXPECT_THAT(magnified.view_modifiers, testing::ElementsAre("magnification"));
  EXPECT_THAT(metadata("MLO SPOT").flags, testing::ElementsAre("spot_view"));
  EXPECT_EQ(metadata("SPOT").view, View::kOther);
  EXPECT_EQ(metadata("LATERAL").view, View::kOther);
  EXPECT_EQ(metadata("", "no such code").view, View::kUnknown);  // the picture may tell
  EXPECT_EQ(metadata("STANDARD").view, View::kUnknown);
  EXPECT_EQ(metadata("").view, View::kUnknown);
  EXPECT_EQ(metadata("UNKNOWN").view, View::kUnknown);
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
    EXPECT_THAT(ReadChanged(Set(DCM_ImageType, type)).metadata.flags, testing::IsEmpty()) << type;
}

TEST(Metadata, SpacingAtTheBreast) {
  EXPECT_DOUBLE_EQ(ReadChanged(Set(DCM_EstimatedRadiographicMagnificationFactor, "1.25"))
                       .metadata.row_spacing_mm.value(),
                   0.07 / 1.25);
  EXPECT_THAT(ReadChanged(Set(DCM_EstimatedRadiographicMagnificationFactor, "1.8")).metadata.flags,
              Contains("magnification_view"));
  const auto without = [](const std::string& calibration) {
    return [=](DcmDataset& d) {
      d.findAndDeleteElement(DCM_ImagerPixelSpacing);
      Set(DCM_PixelSpacing, "0.1\\0.2")(d);
      if (!calibration.empty()) Set(DCM_PixelSpacingCalibrationType, calibration)(d);
    };
  };
  EXPECT_DOUBLE_EQ(ReadChanged(without("GEOMETRY")).metadata.column_spacing_mm.value(), 0.2);
  const auto uncalibrated = ReadChanged(without("")).metadata;
  EXPECT_FALSE(uncalibrated.row_spacing_mm.has_value());
  EXPECT_THAT(uncalibrated.flags, Contains("spacing_uncalibrated"));
  const auto implausible = ReadChanged(Set(DCM_ImagerPixelSpacing, "70\\70")).metadata;
  EXPECT_FALSE(implausible.row_spacing_mm.has_value());
  EXPECT_THAT(implausible.flags, Contains("spacing_implausible"));
  EXPECT_DOUBLE_EQ(
      ReadChanged(Set(DCM_ImagerPixelSpacing, "0,094\\0,094")).metadata.row_spacing_mm.value(),
      0.094);
}

TEST(Metadata, QualityFlags) {
  EXPECT_THAT(ReadChanged(Set(DCM_BreastImplantPresent, "YES")).metadata.flags,
              Contains("implant"));
  EXPECT_THAT(ReadChanged(Set(DCM_PartialView, "YES")).metadata.flags, Contains("partial_view"));
  EXPECT_THAT(ReadChanged(Set(DCM_BurnedInAnnotation, "YES")).metadata.flags,
              Contains("burned_in_annotation"));
  EXPECT_THAT(ReadChanged(Set(DCM_PresentationLUTShape, "INVERSE")).metadata.flags,
              Contains("photometric_conflict"));
  EXPECT_THAT(ReadChanged(Set(DCM_RescaleSlope, "0")).metadata.flags, Contains("rescale_invalid"));
  EXPECT_THAT(ReadChanged([](DcmDataset& d) {
                Set(DCM_WindowCenter, "10")(d);
                Set(DCM_WindowWidth, "-4")(d);
              }).metadata.flags,
              Contains("window_invalid"));
  EXPECT_THAT(ReadChanged([](DcmDataset&) {}).metadata.flags, testing::IsEmpty());
}

TEST(Metadata, ReadsTextAsUtf8AndIgnoresMalformedValues) {
  EXPECT_EQ(ReadChanged(Set(DCM_Manufacturer, "M\xFCller \x01")).metadata.manufacturer,
            "M\xC3\xBCller");
  EXPECT_EQ(ReadChanged(Set(DCM_Manufacturer, "M\xC3\xBCller")).metadata.manufacturer,
            "M\xC3\xBCller");
  const auto metadata = ReadChanged([](DcmDataset& d) {
                          Set(DCM_ImagerPixelSpacing, "nonsense")(d);
                          Set(DCM_WindowCenter, "1e999")(d);
                          Set(DCM_WindowWidth, "\\\\")(d);
                        }).metadata;
  EXPECT_FALSE(metadata.row_spacing_mm.has_value());
}

}  // namespace
}  // namespace mhcnn
