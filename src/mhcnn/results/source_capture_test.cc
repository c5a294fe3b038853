#include "mhcnn/results/source_capture.h"

#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/testing/exams.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::FourExamImages;
using testing_support::MakeExam;
using testing_support::ScratchFolder;

TEST(SourceCapture, HoldsThePictureUnderItsUids) {
  ExamResults exam = MakeExam(FourExamImages());
  ExamImage& image = exam.images[1];
  image.picture(10, 20) = 65535;
  const GreyImage whole = image.picture.clone();
  image.picture = whole(cv::Rect(5, 3, 150, 250));  // rows that do not follow each other in memory
  const DicomObject object = MakeSourceCapture(exam, image);
  const ScratchFolder folder;
  WriteFileAtomically(folder / "a.dcm", object.bytes);
  const auto file = LoadDicom(folder / "a.dcm");
  DcmDataset& dataset = *file->getDataset();
  EXPECT_EQ(DicomText(dataset, DCM_SOPClassUID), "1.2.840.10008.5.1.4.1.1.7");
  EXPECT_EQ(DicomText(dataset, DCM_SOPInstanceUID), image.header.metadata.sop_uid);
  EXPECT_EQ(DicomText(dataset, DCM_SeriesInstanceUID), image.header.metadata.series_uid);
  EXPECT_EQ(DicomText(dataset, DCM_StudyInstanceUID), image.header.metadata.study_uid);
  EXPECT_EQ(DicomText(dataset, DCM_ImageLaterality), "L");
  EXPECT_EQ(DicomText(dataset, DCM_ImageComments), "L CC");
  EXPECT_EQ(DicomUnsigned(dataset, DCM_Rows), 250);
  EXPECT_EQ(DicomUnsigned(dataset, DCM_Columns), 150);
  EXPECT_EQ(DicomUnsigned(dataset, DCM_BitsStored), 16);
  const Uint16* pixels = nullptr;
  unsigned long count = 0;
  ASSERT_TRUE(dataset.findAndGetUint16Array(DCM_PixelData, pixels, &count).good());
  ASSERT_EQ(count, 250UL * 150);
  for (int y = 0; y < 250; ++y) {
    for (int x = 0; x < 150; ++x) ASSERT_EQ(pixels[y * 150 + x], whole(y + 3, x + 5));
  }
}

}  // namespace
}  // namespace mhcnn
