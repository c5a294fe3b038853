#include "mhcnn/image/jpeg_encode.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <span>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

cv::Mat3b Drawing() {
  cv::Mat3b drawing(120, 90, cv::Vec3b(60, 60, 60));
  cv::ellipse(drawing, {40, 60}, {30, 40}, 0, 0, 360, cv::Scalar(0, 94, 213), 1);
  return drawing;
}

// The judge is OpenCV, which writes and reads by the same rules.
TEST(JpegEncode, EqualsOpenCv) {
  std::vector<std::uint8_t> judge;
  const cv::Mat3b drawing = Drawing();
  cv::Mat1b grey;
  cv::cvtColor(drawing, grey, cv::COLOR_BGR2GRAY);
  for (const cv::Mat& image : {cv::Mat(drawing), cv::Mat(grey)}) {
    cv::imencode(".jpg", image, judge, {cv::IMWRITE_JPEG_QUALITY, 85});
    const auto ours = EncodeJpegFile(image, {.quality = 85, .comment = "of a test"});
    const cv::Mat a = cv::imdecode(ours, cv::IMREAD_UNCHANGED),
                  b = cv::imdecode(judge, cv::IMREAD_UNCHANGED);
    ASSERT_EQ(a.type(), b.type());
    EXPECT_EQ(cv::norm(a, b, cv::NORM_INF), 0);
  }
}

TEST(JpegEncode, FullColourKeepsThinLines) {
  const cv::Mat3b drawing = Drawing();
  const auto error = [&](bool full) {
    const auto file = EncodeJpegFile(drawing, {.quality = 90, .full_colour = full, .comment = ""});
    return cv::norm(cv::imdecode(file, cv::IMREAD_COLOR), drawing, cv::NORM_L2);
  };
  EXPECT_LT(error(true), 0.7 * error(false));
}

TEST(JpegEncode, LeavesTheImageAsItIs) {
  const cv::Mat3b drawing = Drawing();
  EncodeJpegFile(drawing, {});
  EXPECT_EQ(cv::norm(drawing, Drawing(), cv::NORM_INF), 0);
}

TEST(JpegEncode, IsKnownByItsComment) {
  const auto file = EncodeJpegFile(Drawing(), {.comment = kOverlayComment});
  const std::span<const std::uint8_t> head(file);
  EXPECT_EQ(ReadJpegComment(head.first(64)), kOverlayComment);
  const std::size_t end = 6 + std::string(kOverlayComment).size();
  EXPECT_EQ(ReadJpegComment(head.first(end)), kOverlayComment);
  for (std::size_t size = 0; size < end; ++size) EXPECT_EQ(ReadJpegComment(head.first(size)), "");
  EXPECT_EQ(ReadJpegComment(EncodeJpegFile(Drawing(), {})), "");
}

TEST(JpegEncode, RefusesOtherImages) {
  EXPECT_THROW(EncodeJpegFile(cv::Mat1w(4, 4, std::uint16_t{1}), {}), Error);
  EXPECT_THROW(EncodeJpegFile(cv::Mat(), {}), Error);
  EXPECT_THROW(EncodeJpegFile(cv::Mat1b(1, 70000, uchar{1}), {}), Error);  // libjpeg's limit
}

}  // namespace
}  // namespace mhcnn
