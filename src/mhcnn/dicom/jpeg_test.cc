#include "mhcnn/dicom/jpeg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using Bytes = std::vector<std::uint8_t>;

cv::Mat1b Picture() {
  cv::Mat1b picture(48, 40);
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 40; ++x) picture(y, x) = static_cast<uchar>(4 * y + x + (x * y) % 7);
  }
  return picture;
}

/// Encodes by OpenCV's libjpeg, a library that the decoder under test does not use.
Bytes Encoded(const cv::Mat& picture, bool progressive = false) {
  Bytes bytes;
  cv::imencode(".jpg", picture, bytes,
               {cv::IMWRITE_JPEG_QUALITY, 100, cv::IMWRITE_JPEG_PROGRESSIVE, progressive});
  return bytes;
}

TEST(DecodeJpeg, BaselineAndProgressiveAsLibjpegDecodesThem) {
  for (const bool progressive : {false, true}) {
    Bytes stream = Encoded(Picture(), progressive);
    const Bytes before = stream;
    const JpegSamples samples = DecodeJpeg(stream);
    EXPECT_EQ(stream, before);
    EXPECT_EQ(samples.bytes_per_sample, 1);
    ASSERT_EQ(samples.data.size(), Picture().total());
    const cv::Mat1b truth = cv::imdecode(stream, cv::IMREAD_GRAYSCALE);
    const cv::Mat1b decoded(48, 40, const_cast<uchar*>(samples.data.data()));
    EXPECT_LE(cv::norm(decoded, truth, cv::NORM_INF), 1) << progressive;
    EXPECT_LE(cv::norm(decoded, Picture(), cv::NORM_INF), 3) << progressive;
  }
}

// ITU-T T.871: Y = 0.299 R + 0.587 G + 0.114 B, Cb = 128 + 0.564 (B - Y), Cr = 128 + 0.713 (R - Y).
TEST(DecodeJpeg, ChannelsKeepTheirColourSpace) {
  const cv::Vec3b bgr(40, 90, 200);
  Bytes stream = Encoded(cv::Mat3b(16, 16, bgr));
  const JpegSamples samples = DecodeJpeg(stream);
  ASSERT_EQ(samples.data.size(), 16u * 16 * 3);
  const double y = 0.299 * bgr[2] + 0.587 * bgr[1] + 0.114 * bgr[0];
  EXPECT_NEAR(samples.data[0], y, 2);
  EXPECT_NEAR(samples.data[1], 128 + 0.564 * (bgr[0] - y), 2);
  EXPECT_NEAR(samples.data[2], 128 + 0.713 * (bgr[2] - y), 2);
}

TEST(DecodeJpeg, RefusesDamagedStreams) {
  const Bytes whole = Encoded(Picture());
  Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2));
  EXPECT_EQ(testing_support::ThrownCode([&] { DecodeJpeg(cut); }), ErrorCode::kCorrupt);
  Bytes other = {'P', 'N', 'G'};
  EXPECT_EQ(testing_support::ThrownCode([&] { DecodeJpeg(other); }), ErrorCode::kCorrupt);
  Bytes none;
  EXPECT_EQ(testing_support::ThrownCode([&] { DecodeJpeg(none); }), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace mhcnn
