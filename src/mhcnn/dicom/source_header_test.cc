#include "mhcnn/dicom/source_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/header_changes.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using testing_support::Change;
using testing_support::ScratchFolder;
using testing_support::Set;
using testing_support::WriteChanged;

SourceHeader Header(const std::vector<Change>& changes) {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", [&](DcmDataset& dataset) {
    for (const auto& key :
         {DCM_SpecificCharacterSet, DCM_ContentDate, DCM_ContentTime, DCM_AcquisitionDate,
          DCM_AcquisitionTime, DCM_SeriesDate, DCM_SeriesTime, DCM_StudyDate, DCM_StudyTime})
      dataset.findAndDeleteElement(key);
    for (const Change& change : changes) change(dataset);
  });
  return ReadSourceHeader(folder / "a.dcm");
}

/// Returns the bytes of an element's value in the data set.
std::string Bytes(DcmDataset& dataset, const DcmTagKey& key) {
  OFString value;
  return dataset.findAndGetOFStringArray(key, value).good() ? value.c_str() : "";
}

TEST(SourceHeader, CopiesPatientAndStudyWithoutInstitutionAndPersons) {
  const SourceHeader header =
      Header({Set(DCM_PatientName, "Doe^Jane"), Set(DCM_PatientID, "P-7"),
              Set(DCM_IssuerOfPatientID, "SITE"), Set(DCM_AccessionNumber, "A1"),
              Set(DCM_StudyDescription, "Screening"), Set(DCM_InstitutionName, "Clinic"),
              Set(DCM_OperatorsName, "Roe^Max"), Set(DCM_SeriesDescription, "Series")});
  DcmDataset& copied = *header.copied;
  EXPECT_EQ(DicomText(copied, DCM_PatientName), "Doe^Jane");
  EXPECT_EQ(DicomText(copied, DCM_PatientID), "P-7");
  EXPECT_EQ(DicomText(copied, DCM_IssuerOfPatientID), "SITE");
  EXPECT_EQ(DicomText(copied, DCM_AccessionNumber), "A1");
  EXPECT_EQ(DicomText(copied, DCM_StudyDescription), "Screening");
  EXPECT_EQ(DicomText(copied, DCM_StudyInstanceUID), header.metadata.study_uid);
  for (const auto& key : {DCM_InstitutionName, DCM_OperatorsName, DCM_SeriesDescription,
                          DCM_PixelData, DCM_SOPInstanceUID})
    EXPECT_FALSE(copied.tagExists(key)) << key.toString();
}

TEST(SourceHeader, DeviceStandsApartFromThePatient) {
  const SourceHeader header =
      Header({Set(DCM_Manufacturer, "Maker"), Set(DCM_ManufacturerModelName, "M 1"),
              Set(DCM_DeviceSerialNumber, "42"), Set(DCM_SoftwareVersions, "1.0\\2.0")});
  EXPECT_EQ(DicomText(*header.device, DCM_Manufacturer), "Maker");
  EXPECT_EQ(DicomText(*header.device, DCM_ManufacturerModelName), "M 1");
  EXPECT_EQ(DicomText(*header.device, DCM_DeviceSerialNumber), "42");
  EXPECT_THAT(DicomTexts(*header.device, DCM_SoftwareVersions), ElementsAre("1.0", "2.0"));
  EXPECT_FALSE(header.copied->tagExists(DCM_Manufacturer));
}

TEST(SourceHeader, CopiesCompressionThatLoses) {
  const SourceHeader header =
      Header({Set(DCM_LossyImageCompression, "01"), Set(DCM_LossyImageCompressionRatio, "10"),
              Set(DCM_LossyImageCompressionMethod, "ISO_15444_1")});
  EXPECT_EQ(DicomText(*header.compression, DCM_LossyImageCompression), "01");
  EXPECT_EQ(DicomText(*header.compression, DCM_LossyImageCompressionRatio), "10");
  EXPECT_EQ(DicomText(*header.compression, DCM_LossyImageCompressionMethod), "ISO_15444_1");
}

TEST(SourceHeader, DateIsThatOfThePictureElseOfAcquisitionSeriesOrStudy) {
  std::vector<Change> changes = {Set(DCM_StudyDate, "20200101"), Set(DCM_StudyTime, "070809")};
  SourceHeader header = Header(changes);
  EXPECT_EQ(header.date, "20200101");
  EXPECT_EQ(header.time, "070809");
  changes.push_back(Set(DCM_SeriesDate, "20200102"));
  EXPECT_EQ(Header(changes).date, "20200102");
  EXPECT_EQ(Header(changes).time, "") << "not the time of another date";
  changes.push_back(Set(DCM_AcquisitionDate, "20200103"));
  changes.push_back(Set(DCM_AcquisitionTime, "101112.345"));
  EXPECT_EQ(Header(changes).date, "20200103");
  EXPECT_EQ(Header(changes).time, "101112");
  changes.push_back(Set(DCM_ContentDate, "20200104"));
  changes.push_back(Set(DCM_ContentTime, "10"));
  EXPECT_EQ(Header(changes).date, "20200104");
  EXPECT_EQ(Header(changes).time, "10");
  EXPECT_EQ(Header({}).date, "");
}

TEST(SourceHeader, HasOrientationOfRowsAndColumns) {
  EXPECT_THAT(Header({Set(DCM_PatientOrientation, "A\\R")}).orientation, ElementsAre("A", "R"));
  EXPECT_THAT(
      Header({[](DcmDataset& d) { d.findAndDeleteElement(DCM_PatientOrientation); }}).orientation,
      IsEmpty());
}

TEST(SourceHeader, KeepsTextInCharacterSetOfTheStandard) {
  const SourceHeader header =
      Header({Set(DCM_SpecificCharacterSet, "ISO_IR 100"), Set(DCM_PatientName, "M\xFCller^Eva")});
  EXPECT_EQ(Bytes(*header.copied, DCM_SpecificCharacterSet), "ISO_IR 100");
  EXPECT_EQ(Bytes(*header.copied, DCM_PatientName), "M\xFCller^Eva");
}

TEST(SourceHeader, MakesTextOfOtherCharacterSetsUtf8) {
  const std::string name = "M\xC3\xBCller^Eva";
  // Not a defined term, and none though the text is not ASCII.
  for (const auto& change : {Set(DCM_SpecificCharacterSet, "utf-8"), Change([](DcmDataset&) {})}) {
    const SourceHeader header = Header({change, Set(DCM_PatientName, name)});
    EXPECT_EQ(Bytes(*header.copied, DCM_SpecificCharacterSet), "ISO_IR 192");
    EXPECT_EQ(Bytes(*header.copied, DCM_PatientName), name);
  }
  const SourceHeader latin =
      Header({Set(DCM_SpecificCharacterSet, "ISO_IR_100"), Set(DCM_PatientName, "M\xFCller^Eva")});
  EXPECT_EQ(Bytes(*latin.copied, DCM_SpecificCharacterSet), "ISO_IR 192");
  EXPECT_EQ(Bytes(*latin.copied, DCM_PatientName), name);
}

TEST(SourceHeader, AsciiNeedsNoCharacterSet) {
  const SourceHeader header = Header({Set(DCM_PatientName, "Doe^Jane")});
  EXPECT_FALSE(header.copied->tagExists(DCM_SpecificCharacterSet));
}

TEST(SourceHeader, UidsOfPictureFollowFromItsBytes) {
  MammogramMetadata metadata;
  metadata.laterality = Laterality::kLeft;
  const SourceHeader one = MakeSourceHeader(metadata, "digest"),
                     same = MakeSourceHeader(metadata, "digest"),
                     other = MakeSourceHeader(metadata, "another");
  EXPECT_EQ(one.metadata.sop_uid, same.metadata.sop_uid);
  EXPECT_NE(one.metadata.sop_uid, other.metadata.sop_uid);
  EXPECT_NE(one.metadata.study_uid, other.metadata.study_uid);
  EXPECT_NE(one.metadata.study_uid, one.metadata.series_uid);
  EXPECT_EQ(one.metadata.sop_class_uid, "1.2.840.10008.5.1.4.1.1.7");
  EXPECT_EQ(one.metadata.laterality, Laterality::kLeft);
  for (const std::string& uid :
       {one.metadata.sop_uid, one.metadata.study_uid, one.metadata.series_uid}) {
    EXPECT_THAT(uid, StartsWith("2.25."));
    EXPECT_LE(uid.size(), 64U);
  }
  EXPECT_EQ(DicomText(*one.compression, DCM_LossyImageCompression), "00");
}

TEST(SourceHeader, PictureTakesStudyAndSeriesOfOthers) {
  SourceHeader header = MakeSourceHeader({}, "digest");
  const std::string sop_uid = header.metadata.sop_uid;
  SetStudy(header, "2.25.123456789012345", "2.25.7");
  EXPECT_EQ(header.metadata.study_uid, "2.25.123456789012345");
  EXPECT_EQ(header.metadata.series_uid, "2.25.7");
  EXPECT_EQ(header.metadata.sop_uid, sop_uid);
  EXPECT_EQ(DicomText(*header.copied, DCM_StudyInstanceUID), "2.25.123456789012345");
  EXPECT_EQ(DicomText(*header.copied, DCM_PatientID), "PICTURE-456789012345");
}

}  // namespace
}  // namespace mhcnn
