#include "mhcnn/dicom/dcmtk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using testing_support::ThrownCode;

TEST(DicomValues, TextIsCleanedOfPaddingAndControlCharacters) {
  DcmDataset dataset;
  dataset.putAndInsertString(DCM_PatientID, " P\t7 ");
  dataset.putAndInsertString(DCM_ImageType, "DERIVED\\PRIMARY\\");
  EXPECT_EQ(DicomText(dataset, DCM_PatientID).find('\t'), std::string::npos);
  EXPECT_EQ(DicomText(dataset, DCM_PatientID).back(), '7');
  EXPECT_EQ(DicomText(dataset, DCM_PatientName), "");
  EXPECT_EQ(DicomText(dataset, DCM_ImageType, 1), "PRIMARY");
  EXPECT_EQ(DicomText(dataset, DCM_ImageType, 7), "");
  EXPECT_THAT(DicomTexts(dataset, DCM_ImageType), ::testing::Contains("DERIVED"));
  EXPECT_THAT(DicomTexts(dataset, DCM_PatientName), ElementsAre());
}

TEST(DicomValues, NumbersOfTextAndBinaryElements) {
  DcmDataset dataset;
  dataset.putAndInsertString(DCM_WindowCenter, "12.5\\1,5\\x");
  dataset.putAndInsertUint16(DCM_Rows, 4000);
  EXPECT_EQ(DicomNumber(dataset, DCM_WindowCenter), 12.5);
  EXPECT_EQ(DicomNumber(dataset, DCM_WindowCenter, 1), 1.5) << "a decimal comma";
  EXPECT_EQ(DicomNumber(dataset, DCM_WindowCenter, 2), std::nullopt);
  EXPECT_EQ(DicomNumber(dataset, DCM_WindowCenter, 3), std::nullopt);
  EXPECT_EQ(DicomNumber(dataset, DCM_Rows), 4000);
  EXPECT_EQ(DicomUnsigned(dataset, DCM_Rows), 4000);
  EXPECT_EQ(DicomUnsigned(dataset, DCM_Columns), std::nullopt);
}

TEST(DicomValues, ItemsOfSequences) {
  DcmDataset dataset;
  DcmItem *first = nullptr, *second = nullptr;
  dataset.findOrCreateSequenceItem(DCM_ViewCodeSequence, first, 0);
  dataset.findOrCreateSequenceItem(DCM_ViewCodeSequence, second, 1);
  EXPECT_EQ(DicomSequenceItem(dataset, DCM_ViewCodeSequence), first);
  EXPECT_EQ(DicomSequenceItem(dataset, DCM_ViewCodeSequence, 1), second);
  EXPECT_EQ(DicomSequenceItem(dataset, DCM_ViewCodeSequence, 2), nullptr);
  EXPECT_EQ(DicomSequenceItem(dataset, DCM_AnatomicRegionSequence), nullptr);
}

TEST(LoadDicom, FileWithAndWithoutPreamble) {
  const testing_support::ScratchFolder folder;
  WriteDicomMammogram(folder / "a.dcm", testing_support::Disc(20, 16, 12), {});
  const auto file = LoadDicom(folder / "a.dcm");
  EXPECT_EQ(DicomText(*file->getDataset(), DCM_PatientID), "P-7");
  EXPECT_EQ(DicomUnsigned(*file->getDataset(), DCM_Rows), 20);
  EXPECT_TRUE(file->flags.empty());

  auto dataset = file->getDataset();
  file->loadAllDataIntoMemory();
  ASSERT_TRUE(dataset->saveFile(OFFilename((folder / "bare.dcm").c_str()), EXS_LittleEndianImplicit)
                  .good());
  const auto bare = LoadDicom(folder / "bare.dcm");
  EXPECT_EQ(DicomText(*bare->getDataset(), DCM_PatientID), "P-7");
}

TEST(LoadDicom, RefusesOtherFiles) {
  const testing_support::ScratchFolder folder;
  EXPECT_EQ(ThrownCode([&] { LoadDicom(folder / "none.dcm"); }), ErrorCode::kNotFound);
  for (const std::string& text : {std::string(), std::string("text")}) {
    WriteFileAtomically(folder / "x.dcm", text);
    EXPECT_EQ(ThrownCode([&] { LoadDicom(folder / "x.dcm"); }), ErrorCode::kCorrupt) << text.size();
  }
}

}  // namespace
}  // namespace mhcnn
