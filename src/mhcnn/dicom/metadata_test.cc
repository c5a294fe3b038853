#include "mhcnn/dicom/metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;
using Change = std::function<void(DcmDataset&)>;

Change Set(const DcmTagKey& key, const std::string& value) {
  return [=](DcmDataset& d) { d.putAndInsertString(key, value.c_str()); };
}

Mammogram Read(const Change& change) {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", change);
  return ReadMammogram(folder / "a.dcm");
}

/// "code: message" of the refusal, "" where the file was read.
std::string Refusal(const Change& change) {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", change);
  std::string said;
  try {
    ReadMammogram(folder / "a.dcm");
  } catch (const Error& e) {
    said = std::string(ErrorCodeName(e.code())) + ": " + e.problem();
  }
  const auto why = WhyNotReadable(folder / "a.dcm");
  EXPECT_EQ(why.has_value(), !said.empty()) << said;
  return said;
}

TEST(Facts, ImageLateralityPrecedesSeriesLaterality) {
  const auto facts = Read(Set(DCM_Laterality, "R")).facts;
  EXPECT_EQ(facts.laterality, Laterality::kLeft);
  EXPECT_THAT(facts.flags, Contains("laterality_conflict"));
  const auto series_only = Read([](DcmDataset& d) {
                             d.findAndDeleteElement(DCM_ImageLaterality);
                             Set(DCM_Laterality, "R")(d);
                           }).facts;
  EXPECT_EQ(series_only.laterality, Laterality::kRight);
  EXPECT_EQ(Read(Set(DCM_ImageLaterality, "B")).facts.laterality, Laterality::kUnknown);
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
  auto facts = Read(coded("R-10226", "R-102D5")).facts;
  EXPECT_EQ(facts.view, View::kMLO);
  EXPECT_EQ(facts.view_text, "MLO ID");
  EXPECT_THAT(facts.flags, testing::ElementsAre("implant_displaced"));
  facts = Read(coded("399162004", "399055006")).facts;
  EXPECT_EQ(facts.view, View::kCC);
  EXPECT_THAT(facts.flags, testing::ElementsAre("view_conflict", "spot_view"));
  EXPECT_THAT(Read(coded("R-10224", "399163009")).facts.flags, Contains("magnification_view"));
  EXPECT_THAT(Refusal(coded("127457009", "")), HasSubstr("tissue specimen"));
}

TEST(Facts, SpacingAtTheBreast) {
  EXPECT_DOUBLE_EQ(
      Read(Set(DCM_EstimatedRadiographicMagnificationFactor, "1.25")).facts.row_spacing_mm.value(),
      0.07 / 1.25);
  EXPECT_THAT(Read(Set(DCM_EstimatedRadiographicMagnificationFactor, "1.8")).facts.flags,
              Contains("magnification_view"));
  const auto without = [](const std::string& calibration) {
    return [=](DcmDataset& d) {
      d.findAndDeleteElement(DCM_ImagerPixelSpacing);
      Set(DCM_PixelSpacing, "0.1\\0.2")(d);
      if (!calibration.empty()) Set(DCM_PixelSpacingCalibrationType, calibration)(d);
    };
  };
  EXPECT_DOUBLE_EQ(Read(without("GEOMETRY")).facts.column_spacing_mm.value(), 0.2);
  const auto uncalibrated = Read(without("")).facts;
  EXPECT_FALSE(uncalibrated.row_spacing_mm.has_value());
  EXPECT_THAT(uncalibrated.flags, Contains("spacing_uncalibrated"));
  const auto implausible = Read(Set(DCM_ImagerPixelSpacing, "70\\70")).facts;
  EXPECT_FALSE(implausible.row_spacing_mm.has_value());
  EXPECT_THAT(implausible.flags, Contains("spacing_implausible"));
  EXPECT_DOUBLE_EQ(Read(Set(DCM_ImagerPixelSpacing, "0,094\\0,094")).facts.row_spacing_mm.value(),
                   0.094);
}

TEST(Facts, QualityFlags) {
  EXPECT_THAT(Read(Set(DCM_BreastImplantPresent, "YES")).facts.flags, Contains("implant"));
  EXPECT_THAT(Read(Set(DCM_PartialView, "YES")).facts.flags, Contains("partial_view"));
  EXPECT_THAT(Read(Set(DCM_BurnedInAnnotation, "YES")).facts.flags,
              Contains("burned_in_annotation"));
  EXPECT_THAT(Read(Set(DCM_PresentationLUTShape, "INVERSE")).facts.flags,
              Contains("photometric_conflict"));
  EXPECT_THAT(Read(Set(DCM_RescaleSlope, "0")).facts.flags, Contains("rescale_invalid"));
  EXPECT_THAT(Read([](DcmDataset& d) {
                Set(DCM_WindowCenter, "10")(d);
                Set(DCM_WindowWidth, "-4")(d);
              }).facts.flags,
              Contains("window_invalid"));
  EXPECT_THAT(Read([](DcmDataset&) {}).facts.flags, testing::IsEmpty());
}

TEST(Facts, ReadsTextAsUtf8AndIgnoresMalformedValues) {
  EXPECT_EQ(Read(Set(DCM_Manufacturer, "M\xFCller \x01")).facts.manufacturer, "M\xC3\xBCller");
  EXPECT_EQ(Read(Set(DCM_Manufacturer, "M\xC3\xBCller")).facts.manufacturer, "M\xC3\xBCller");
  const auto facts = Read([](DcmDataset& d) {
                       Set(DCM_ImagerPixelSpacing, "nonsense")(d);
                       Set(DCM_WindowCenter, "1e999")(d);
                       Set(DCM_WindowWidth, "\\\\")(d);
                     }).facts;
  EXPECT_FALSE(facts.row_spacing_mm.has_value());
}

}  // namespace
}  // namespace mhcnn
