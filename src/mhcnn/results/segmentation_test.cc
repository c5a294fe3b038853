#include "mhcnn/results/segmentation.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>
#include <set>

#include "mhcnn/base/file.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/exams.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::ErrorMessage;
using testing_support::FourExamImages;
using testing_support::MakeExam;
using testing_support::ScratchFolder;

/// A half disc at the left, dense in its middle, with a muscle in the upper corner.
cv::Mat1b Labels(int rows, int columns) {
  cv::Mat1b labels = cv::Mat1b::zeros(rows, columns);
  cv::circle(labels, {0, rows / 2}, std::min(rows / 2 - 1, columns - 1), 85, cv::FILLED);
  cv::circle(labels, {columns / 4, rows / 2}, std::max(1, rows / 8), 170, cv::FILLED);
  labels(cv::Rect(0, 0, std::max(1, columns / 5), std::max(1, rows / 5))) = 255;
  return labels;
}

TEST(Segmentation, PacksFramesWithoutPaddingWhateverTheSize) {
  for (int rows = 8; rows < 12; ++rows) {
    for (const int columns : {5, 6, 7, 8, 9, 10, 11, 12, 24, 37, 64}) {
      const cv::Mat1b labels = Labels(rows, columns);
      const auto packed = PackFrames(labels);
      EXPECT_EQ(packed.size() % 2, 0U);
      const auto size = labels.total();
      ASSERT_GE(packed.size() * 8, size * 3);
      const auto bit = [&](std::size_t at) { return packed[at / 8] >> (at % 8) & 1; };
      std::array<std::size_t, 3> set{};
      for (std::size_t i = 0; i < size; ++i) {
        const int label =
            labels.at<std::uint8_t>(static_cast<int>(i) / columns, static_cast<int>(i) % columns);
        EXPECT_EQ(bit(i), label == 85 || label == 170);
        EXPECT_EQ(bit(size + i), label == 170);
        EXPECT_EQ(bit(2 * size + i), label == 255);
        for (std::size_t k = 0; k < 3; ++k) set[k] += static_cast<std::size_t>(bit(k * size + i));
      }
      for (std::size_t at = 3 * size; at < 8 * packed.size(); ++at) EXPECT_EQ(bit(at), 0);
      EXPECT_EQ(set, SegmentPixels(labels));
    }
  }
}

/// The object as the toolkit reads it.
std::unique_ptr<DicomFile> Read(const DicomObject& object) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "seg.dcm", object.bytes);
  auto file = LoadDicom(folder / "seg.dcm");
  file->loadAllDataIntoMemory();
  return file;
}

TEST(Segmentation, HasOneFrameForEachSegmentOfItsImage) {
  const ExamResults exam = MakeExam(FourExamImages());
  const ExamImage& image = exam.images[2];  // R MLO, with a muscle
  const DicomObject object = MakeSegmentation(exam, image);
  const auto file = Read(object);
  DcmDataset& dataset = *file->getDataset();
  EXPECT_EQ(DicomText(dataset, DCM_SOPClassUID), "1.2.840.10008.5.1.4.1.1.66.4");
  EXPECT_EQ(DicomText(dataset, DCM_SOPInstanceUID), object.sop_uid);
  EXPECT_EQ(DicomText(dataset, DCM_Modality), "SEG");
  EXPECT_EQ(DicomText(dataset, DCM_SegmentationType), "BINARY");
  EXPECT_EQ(DicomText(dataset, DCM_NumberOfFrames), "3");
  EXPECT_EQ(DicomUnsigned(dataset, DCM_Rows), 300);
  EXPECT_EQ(DicomUnsigned(dataset, DCM_Columns), 200);
  EXPECT_EQ(DicomUnsigned(dataset, DCM_BitsAllocated), 1);
  DcmItem* source = DicomSequenceItem(dataset, DCM_SourceImageSequence);
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(DicomText(*source, DCM_ReferencedSOPInstanceUID), image.header.metadata.sop_uid);
  const char* labels[] = {"Breast without pectoral muscle", "Dense (fibroglandular) tissue",
                          "Pectoral muscle"};
  const char* types[] = {"76752008", "91772007", "60005003"};
  for (unsigned long i = 0; i < 3; ++i) {
    DcmItem* segment = DicomSequenceItem(dataset, DCM_SegmentSequence, i);
    ASSERT_NE(segment, nullptr);
    EXPECT_EQ(DicomUnsigned(*segment, DCM_SegmentNumber), static_cast<int>(i) + 1);
    EXPECT_EQ(DicomText(*segment, DCM_SegmentLabel), labels[i]);
    DcmItem* type = DicomSequenceItem(*segment, DCM_SegmentedPropertyTypeCodeSequence);
    ASSERT_NE(type, nullptr);
    EXPECT_EQ(DicomText(*type, DCM_CodeValue), types[i]);
    EXPECT_EQ(DicomText(*segment, DCM_TrackingID), TrackingId(image, static_cast<int>(i) + 1));
    DcmItem* region = DicomSequenceItem(*segment, DCM_AnatomicRegionSequence);
    ASSERT_NE(region, nullptr);
    DcmItem* side = DicomSequenceItem(*region, DCM_AnatomicRegionModifierSequence);
    ASSERT_NE(side, nullptr);
    EXPECT_EQ(DicomText(*side, DCM_CodeValue), "24028007");  // Right
  }
  EXPECT_EQ(DicomSequenceItem(dataset, DCM_SegmentSequence, 3), nullptr);
}

TEST(Segmentation, TakesThePixelInTheMiddleOfEachBlock) {
  ExamResults exam = MakeExam(FourExamImages());
  exam.options.seg_scale = 3;
  ExamImage& image = exam.images[0];
  // 5 x 7 pixels: blocks of 3 and a rest of 2 and of 1, where the last pixel stands for the block.
  image.labels = cv::Mat1b::zeros(5, 7);
  for (const cv::Point middle : {cv::Point(1, 1), cv::Point(4, 4), cv::Point(6, 1)})
    image.labels(middle) = static_cast<std::uint8_t>(TissueLabel::kPectoral);
  const auto file = Read(MakeSegmentation(exam, image));
  DcmDataset& dataset = *file->getDataset();
  EXPECT_EQ(DicomUnsigned(dataset, DCM_Rows), 2);
  EXPECT_EQ(DicomUnsigned(dataset, DCM_Columns), 3);
  const Uint8* bytes = nullptr;
  ASSERT_TRUE(dataset.findAndGetUint8Array(DCM_PixelData, bytes).good());
  // Frames of six bits without padding: none of the first two, then 1 0 1 / 0 1 0 from bit 12 on.
  EXPECT_EQ(bytes[0], 0);
  EXPECT_EQ(bytes[1] + 256 * bytes[2], (0b010101 << 12) >> 8);
}

TEST(Segmentation, NamesTheImageAndTheTissue) {
  const ExamResults exam = MakeExam(FourExamImages());
  EXPECT_EQ(TrackingId(exam.images[2], 2), "R MLO dense tissue");
  EXPECT_EQ(TrackingId(exam.images[1], 1), "L CC breast");
  EXPECT_EQ(TrackingId(exam.images[3], 3), "L MLO pectoral muscle");
  std::set<std::string> uids;
  for (const auto& image : exam.images) {
    for (int segment = 1; segment <= 3; ++segment) {
      uids.insert(TrackingUid(exam, image, segment));
      EXPECT_EQ(TrackingUid(exam, image, segment), TrackingUid(exam, image, segment));
    }
  }
  EXPECT_EQ(uids.size(), 12U);
}

TEST(Segmentation, RefusesImageWithoutMasks) {
  ExamResults exam = MakeExam(FourExamImages());
  exam.images[0].labels.release();
  EXPECT_NE(ErrorMessage([&] { MakeSegmentation(exam, exam.images[0]); }, ErrorCode::kInternal)
                .find("without masks"),
            std::string::npos);
}

}  // namespace
}  // namespace mhcnn
