#include "mhcnn/service/dicomweb/dicom_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>

namespace mhcnn {
namespace {

using nlohmann::json;

json Whole(DcmItem& dataset) {
  return DicomJson(dataset, [](const std::string& place) { return "bulk/" + place; });
}

// The forms are those of PS3.18 annex F.
TEST(DicomJson, WritesEachKindOfValue) {
  DcmDataset d;
  d.putAndInsertString(DCM_SpecificCharacterSet, "ISO_IR 100");
  d.putAndInsertString(DCM_StudyDate, "20260103");
  d.putAndInsertString(DCM_PatientName, "M\xfcller^Ann=\\=Anna");
  d.putAndInsertString(DCM_PatientID, "P 1 ");
  d.putAndInsertString(DCM_ImageType, "ORIGINAL\\\\PRIMARY");
  d.putAndInsertString(DCM_ImagerPixelSpacing, "0.0700\\1e-1");
  d.putAndInsertString(DCM_InstanceNumber, " 007");
  d.putAndInsertString(DCM_KVP, "28,5");
  d.putAndInsertString(DCM_PatientComments, "a\\b ");
  d.putAndInsertString(DCM_StudyInstanceUID, "1.2");
  d.putAndInsertString(DCM_AccessionNumber, "");
  d.putAndInsertUint16(DCM_Rows, 40);
  d.putAndInsertFloat64(DCM_RealWorldValueSlope, 0.1);
  d.putAndInsertTagKey(DCM_FrameIncrementPointer, DcmTagKey(0x0018, 0x1063));
  const json j = Whole(d);
  EXPECT_EQ(j.at("00080020"), json::parse(R"({"vr": "DA", "Value": ["20260103"]})"));
  EXPECT_EQ(j.at("00100020"), json::parse(R"({"vr": "LO", "Value": ["P 1"]})"));
  EXPECT_EQ(j.at("00080008"),
            json::parse(R"({"vr": "CS", "Value": ["ORIGINAL", null, "PRIMARY"]})"));
  EXPECT_EQ(j.at("00181164"), json::parse(R"({"vr": "DS", "Value": [0.07, 0.1]})"));
  EXPECT_EQ(j.at("00200013"), json::parse(R"({"vr": "IS", "Value": [7]})"));
  EXPECT_EQ(j.at("00180060"), json::parse(R"({"vr": "DS", "Value": ["28,5"]})"));
  EXPECT_EQ(j.at("00104000"), json::parse(R"({"vr": "LT", "Value": ["a\\b"]})"));
  EXPECT_EQ(j.at("0020000D"), json::parse(R"({"vr": "UI", "Value": ["1.2"]})"));
  EXPECT_EQ(j.at("00080050"), json::parse(R"({"vr": "SH"})"));
  EXPECT_EQ(j.at("00280010"), json::parse(R"({"vr": "US", "Value": [40]})"));
  EXPECT_EQ(j.at("00409225"), json::parse(R"({"vr": "FD", "Value": [0.1]})"));
  EXPECT_EQ(j.at("00280009"), json::parse(R"({"vr": "AT", "Value": ["00181063"]})"));
  EXPECT_EQ(j.at("00100010").at("Value").at(0).at("Alphabetic"), "M\xc3\xbcller^Ann");
}

TEST(DicomJson, NamesBulkDataByTheirPlace) {
  DcmDataset d;
  DcmItem* item = nullptr;
  d.findOrCreateSequenceItem(DCM_ReferencedSeriesSequence, item, 0);
  ASSERT_NE(item, nullptr);
  const std::string large(kMaxInlineBytes + 2, 'x');
  item->putAndInsertUint8Array(DCM_EncapsulatedDocument,
                               reinterpret_cast<const Uint8*>(large.data()), large.size());
  const Uint8 few[] = {1, 2, 3, 4};
  d.putAndInsertUint8Array(DCM_EncapsulatedDocument, few, 4);
  const Uint16 pixels[] = {1, 0x0203};
  d.putAndInsertUint16(DCM_BitsAllocated, 16);
  d.putAndInsertUint16Array(DCM_PixelData, pixels, 2);
  const json j = Whole(d);
  EXPECT_EQ(j.at("00420011"), json::parse(R"({"vr": "OB", "InlineBinary": "AQIDBA=="})"));
  EXPECT_EQ(j.at("7FE00010").at("BulkDataURI"), "bulk/7fe00010");
  const std::string place = "00081115.0.00420011";
  EXPECT_EQ(j.at("00081115").at("Value").at(0).at("00420011").at("BulkDataURI"), "bulk/" + place);
  DcmElement* found = FindPlace(d, place);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(ReadBinaryValue(*found), large);
  EXPECT_EQ(ReadBinaryValue(*FindPlace(d, "7fe00010")), std::string("\1\0\3\2", 4));
  for (const char* none : {"", "7fe0001", "00081115.1.00420011", "00081115.0", "00081115..00420011",
                           "00081115.0.00420012", "7fe00010.0.00420011", "0008111z", "x"}) {
    EXPECT_EQ(FindPlace(d, none), nullptr) << none;
  }
  EXPECT_FALSE(ReadBinaryValue(*FindPlace(d, "00280100")).has_value());
}

}  // namespace
}  // namespace mhcnn
