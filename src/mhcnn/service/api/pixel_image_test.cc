#include "mhcnn/service/api/pixel_image.h"

#include <gtest/gtest.h>

#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

class PixelImageTest : public ::testing::Test {
 protected:
  PixelImageTest() {
    for (int y = 0; y < picture_.rows; ++y) {
      for (int x = 0; x < picture_.cols; ++x)
        picture_(y, x) = static_cast<std::uint16_t>(100 * y + x);
    }
    WritePng(scratch_ / "a.png", picture_);
  }
  testing_support::ScratchFolder scratch_;
  cv::Mat1w picture_ = cv::Mat1w(40, 20);  // braces would list values
};

TEST_F(PixelImageTest, GivesTheValuesOfThePartThatIsCut) {
  PixelRequest request;
  request.cut = {0.25, 0.5, 0.5, 0.25};
  const PixelImage image = ReadPixelImage(scratch_ / "a.png", request);
  EXPECT_EQ(image.pixels.size(), cv::Size(10, 10));
  EXPECT_EQ(cv::norm(image.pixels, picture_(cv::Rect(5, 20, 10, 10)), cv::NORM_INF), 0);
  EXPECT_EQ(image.scale, 1);
  EXPECT_FALSE(image.spacing_mm);
  EXPECT_GE(image.window_center - image.window_width / 2, 2005);
  EXPECT_LE(image.window_center + image.window_width / 2, 2914);
}

TEST_F(PixelImageTest, ReducesByAverages) {
  PixelRequest request;
  request.longest = 20;
  const PixelImage image = ReadPixelImage(scratch_ / "a.png", request);
  EXPECT_EQ(image.pixels.size(), cv::Size(10, 20));
  EXPECT_EQ(image.scale, 2);
  // Mean of 100 y + x over rows 2 and 3 and columns 4 and 5: 250 + 4.5, rounded.
  EXPECT_NEAR(image.pixels(1, 2), 254.5, 0.5);
}

TEST_F(PixelImageTest, TurnsANegative) {
  PixelRequest request;
  const PixelImage plain = ReadPixelImage(scratch_ / "a.png", request);
  request.inverted = true;
  const PixelImage turned = ReadPixelImage(scratch_ / "a.png", request);
  EXPECT_EQ(turned.bits, plain.bits);
  EXPECT_EQ(turned.pixels(3, 4), (1 << plain.bits) - 1 - plain.pixels(3, 4));
}

TEST(LittleEndianBytes, AreRowByRow) {
  const cv::Mat1w pixels = (cv::Mat1w(2, 2) << 0x0102, 3, 4, 0xFFFE);
  EXPECT_EQ(LittleEndianBytes(pixels), std::string("\x02\x01\x03\0\x04\0\xFE\xFF", 8));
  const cv::Mat1w column = pixels.col(1);
  EXPECT_EQ(LittleEndianBytes(column), std::string("\x03\0\xFE\xFF", 4));
}

}  // namespace
}  // namespace mhcnn
