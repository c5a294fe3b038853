#include "mhcnn/results/secondary_capture.h"

#include <gtest/gtest.h>

#include "mhcnn/testing/exams.h"

namespace mhcnn {
namespace {

using testing_support::FourExamImages;
using testing_support::MakeExam;

TEST(SecondaryCapture, EndsWithThePixelsOfThePageInRedGreenBlue) {
  cv::Mat3b page(30, 20);
  cv::randu(page, 0, 256);
  const ExamResults exam = MakeExam(FourExamImages());
  const DicomObject object = MakeSecondaryCapture(exam, page);
  const std::size_t size = page.total() * 3;
  ASSERT_GT(object.bytes.size(), size);
  const std::uint8_t* pixels = object.bytes.data() + object.bytes.size() - size;
  for (int y = 0; y < page.rows; ++y) {
    for (int x = 0; x < page.cols; ++x) {
      for (int channel = 0; channel < 3; ++channel, ++pixels)
        ASSERT_EQ(*pixels, page(y, x)[2 - channel]);
    }
  }
}

TEST(SecondaryCapture, ItsUidFollowsFromWhatItShows) {
  const ExamResults exam = MakeExam(FourExamImages());
  cv::Mat3b page(30, 20, cv::Vec3b(1, 2, 3));
  const DicomObject first = MakeSecondaryCapture(exam, page);
  EXPECT_EQ(first.bytes, MakeSecondaryCapture(exam, page).bytes);
  page(4, 5) = {9, 9, 9};
  const DicomObject other = MakeSecondaryCapture(exam, page);
  EXPECT_NE(first.sop_uid, other.sop_uid);
  EXPECT_EQ(first.series_uid, other.series_uid);
  EXPECT_EQ(first.sop_class, "1.2.840.10008.5.1.4.1.1.7");
}

}  // namespace
}  // namespace mhcnn
