#include "mhcnn/image/png_text.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "mhcnn/image/png_file.h"

namespace mhcnn {
namespace {

TEST(PngText, MarkKeepsPixelsAndIsFound) {
  const cv::Mat1b picture = (cv::Mat1b(2, 2) << 0, 85, 170, 255);
  const auto plain = EncodePngFile(picture);
  const auto marked = AddPngSoftware(plain, kMaskSoftware);
  EXPECT_EQ(ReadPngSoftware(std::span(marked).first(kSoftwareHead)), kMaskSoftware);
  EXPECT_EQ(ReadPngSoftware(plain), "");
  const cv::Mat read = cv::imdecode(marked, cv::IMREAD_UNCHANGED);
  ASSERT_EQ(read.size(), picture.size());
  EXPECT_EQ(cv::norm(read, picture, cv::NORM_INF), 0);
}

TEST(PngText, DoesNotReadBeyondEnd) {
  const auto marked = AddPngSoftware(EncodePngFile(cv::Mat1b(2, 2, uchar{7})), kOverlaySoftware);
  const std::size_t end = 8 + 25 + 8 + 9 + std::string(kOverlaySoftware).size();
  EXPECT_EQ(ReadPngSoftware(std::span(marked).first(end)), kOverlaySoftware);
  for (std::size_t size = 0; size < end; ++size) {
    EXPECT_EQ(ReadPngSoftware(std::span(marked).first(size)), "") << size;
  }
}

}  // namespace
}  // namespace mhcnn
