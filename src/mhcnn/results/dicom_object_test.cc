#include "mhcnn/results/dicom_object.h"

#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/exams.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::FourExamImages;
using testing_support::MakeExam;
using testing_support::ScratchFolder;
using testing_support::ThrownCode;

constexpr const char* kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";

TEST(DicomObject, PutsElementsAndReplacesThem) {
  DcmItem item;
  Put(item, DCM_PatientID, "first");
  Put(item, DCM_PatientID, "second");
  Put(item, DCM_ImageType, "DERIVED\\PRIMARY");
  PutUnsigned(item, DCM_Rows, 4000);
  PutIfAbsent(item, DCM_PatientID);
  PutIfAbsent(item, DCM_PatientName);
  EXPECT_EQ(DicomText(item, DCM_PatientID), "second");
  EXPECT_EQ(DicomTexts(item, DCM_ImageType), (std::vector<std::string>{"DERIVED", "PRIMARY"}));
  EXPECT_EQ(DicomUnsigned(item, DCM_Rows), 4000);
  EXPECT_TRUE(item.tagExists(DCM_PatientName));
  EXPECT_EQ(DicomText(item, DCM_PatientName), "");
  EXPECT_EQ(ThrownCode([&] { Put(item, DCM_PixelData, "text"); }), ErrorCode::kInternal);
}

TEST(DicomObject, AppendsItemsAndCodes) {
  DcmItem item;
  Put(NewItem(item, DCM_SourceImageSequence), DCM_ReferencedSOPInstanceUID, "1");
  PutReference(NewItem(item, DCM_SourceImageSequence), kSecondaryCapture, "2");
  PutCode(item, DCM_ConceptNameCodeSequence, codes::kBreast);
  EXPECT_EQ(
      DicomText(*DicomSequenceItem(item, DCM_SourceImageSequence, 0), DCM_ReferencedSOPInstanceUID),
      "1");
  DcmItem& second = *DicomSequenceItem(item, DCM_SourceImageSequence, 1);
  EXPECT_EQ(DicomText(second, DCM_ReferencedSOPInstanceUID), "2");
  EXPECT_EQ(DicomText(second, DCM_ReferencedSOPClassUID), kSecondaryCapture);
  DcmItem& code = *DicomSequenceItem(item, DCM_ConceptNameCodeSequence);
  EXPECT_EQ(DicomText(code, DCM_CodeValue), "76752008");
  EXPECT_EQ(DicomText(code, DCM_CodingSchemeDesignator), "SCT");
  EXPECT_EQ(DicomText(code, DCM_CodeMeaning), "Breast");
}

TEST(DicomObject, PixelFormatIsGreyOrColour) {
  DcmItem grey, colour;
  PutPixelFormat(grey, 30, 20, 16, "MONOCHROME2");
  PutPixelFormat(colour, 30, 20, 8, "RGB");
  EXPECT_EQ(DicomUnsigned(grey, DCM_SamplesPerPixel), 1);
  EXPECT_EQ(DicomUnsigned(grey, DCM_Rows), 30);
  EXPECT_EQ(DicomUnsigned(grey, DCM_Columns), 20);
  EXPECT_EQ(DicomUnsigned(grey, DCM_BitsAllocated), 16);
  EXPECT_EQ(DicomUnsigned(grey, DCM_HighBit), 15);
  EXPECT_FALSE(grey.tagExists(DCM_PlanarConfiguration));
  EXPECT_EQ(DicomUnsigned(colour, DCM_SamplesPerPixel), 3);
  EXPECT_EQ(DicomUnsigned(colour, DCM_PlanarConfiguration), 0);
  EXPECT_EQ(DicomUnsigned(colour, DCM_BitsStored), 8);
}

TEST(DicomObject, HeaderHasPatientStudySeriesAndBothDevices) {
  ExamResults exam = MakeExam(FourExamImages());
  exam.options.series_number = 40;
  ExamImage& image = exam.images[2];
  Put(*image.header.device, DCM_Manufacturer, "Maker");
  DcmDataset dataset;
  PutHeader(dataset, exam, kScSeries, kSecondaryCapture, 7, &image);
  EXPECT_EQ(DicomText(dataset, DCM_StudyInstanceUID), image.header.metadata.study_uid);
  EXPECT_EQ(DicomText(dataset, DCM_PatientID), DicomText(*image.header.copied, DCM_PatientID));
  EXPECT_EQ(DicomText(dataset, DCM_SOPClassUID), kSecondaryCapture);
  EXPECT_EQ(DicomText(dataset, DCM_Modality), "OT");
  EXPECT_EQ(DicomText(dataset, DCM_SeriesNumber), "43");  // 3 after the SEG series
  EXPECT_EQ(DicomText(dataset, DCM_InstanceNumber), "7");
  EXPECT_EQ(DicomText(dataset, DCM_ContentDate), exam.date);
  EXPECT_EQ(DicomText(dataset, DCM_Manufacturer), "MH-CNN");
  // Elements of type 2 are there without a value.
  for (const auto& key : {DCM_PatientName, DCM_PatientBirthDate, DCM_PatientSex,
                          DCM_AccessionNumber, DCM_ReferringPhysicianName})
    EXPECT_TRUE(dataset.tagExists(key)) << key.toString();
  DcmItem* camera = DicomSequenceItem(dataset, DCM_ContributingEquipmentSequence, 0);
  DcmItem* model = DicomSequenceItem(dataset, DCM_ContributingEquipmentSequence, 1);
  ASSERT_TRUE(camera != nullptr && model != nullptr);
  EXPECT_EQ(DicomText(*camera, DCM_Manufacturer), "Maker");
  EXPECT_EQ(DicomText(*model, DCM_ManufacturerModelName), "net");
  EXPECT_EQ(DicomText(*model, DCM_SoftwareVersions), "1.2");
  EXPECT_EQ(DicomText(*model, DCM_DeviceSerialNumber), "abc");
}

TEST(DicomObject, UidFollowsFromTheContent) {
  const ExamResults exam = MakeExam(FourExamImages());
  const auto made = [&](const std::string& comment, const std::string& kind) {
    DcmDataset dataset;
    PutHeader(dataset, exam, kScSeries, kSecondaryCapture, 1);
    Put(dataset, DCM_ImageComments, comment);
    return Finish(dataset, exam, kind);
  };
  const DicomObject one = made("a", "SC");
  EXPECT_EQ(made("a", "SC").bytes, one.bytes);
  EXPECT_NE(made("b", "SC").sop_uid, one.sop_uid);
  EXPECT_NE(made("a", "SR").sop_uid, one.sop_uid);
  EXPECT_EQ(one.sop_class, kSecondaryCapture);

  const ScratchFolder folder;
  WriteFileAtomically(folder / "a.dcm", one.bytes);
  const auto file = LoadDicom(folder / "a.dcm");
  EXPECT_EQ(DicomText(*file->getDataset(), DCM_SOPInstanceUID), one.sop_uid);
  EXPECT_EQ(DicomText(*file->getDataset(), DCM_SeriesInstanceUID), one.series_uid);
  EXPECT_EQ(DicomText(*file->getMetaInfo(), DCM_MediaStorageSOPInstanceUID), one.sop_uid);
  EXPECT_EQ(DicomText(*file->getMetaInfo(), DCM_TransferSyntaxUID), "1.2.840.10008.1.2.1");
}

TEST(DicomObject, ReferencesTheSeriesOfTheImage) {
  const ExamResults exam = MakeExam(FourExamImages());
  DcmItem item;
  PutReferencedSeries(item, exam.images[1]);
  DcmItem* series = DicomSequenceItem(item, DCM_ReferencedSeriesSequence);
  ASSERT_NE(series, nullptr);
  EXPECT_EQ(DicomText(*series, DCM_SeriesInstanceUID), exam.images[1].header.metadata.series_uid);
  EXPECT_EQ(DicomText(*DicomSequenceItem(*series, DCM_ReferencedInstanceSequence),
                      DCM_ReferencedSOPInstanceUID),
            exam.images[1].header.metadata.sop_uid);
}

}  // namespace
}  // namespace mhcnn
