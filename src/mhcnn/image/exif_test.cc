// Orientations stated by JPEG, PNG and TIFF files, and alpha channels.
#include "mhcnn/image/exif.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/file.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/picture_files.h"

namespace mhcnn {
namespace {

using testing_support::Bytes;
using TurnedFiles = testing_support::PictureFiles;

Bytes Block(int orientation, bool big) {
  Bytes block = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 18, 1, 3,
                 0,   1,   0,  0, 0, 0, 0, 0, 0, 0, 0,  0, 0};
  block[18] = static_cast<std::uint8_t>(orientation);
  if (big) {
    block = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
    block[19] = static_cast<std::uint8_t>(orientation);
  }
  return block;
}

TEST(Exif, ReadsOrientationInBothByteOrders) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(ReadExifOrientation(Block(orientation, false)), orientation);
    EXPECT_EQ(ReadExifOrientation(Block(orientation, true)), orientation);
  }
}

TEST(Exif, InvalidBlockHasDefaultOrientation) {
  EXPECT_EQ(ReadExifOrientation(Block(0, false)), 1);
  EXPECT_EQ(ReadExifOrientation(Block(9, true)), 1);
  const Bytes whole = Block(6, true);
  for (std::size_t length = 0; length < 22; ++length) {
    EXPECT_EQ(ReadExifOrientation(std::span(whole).first(length)), 1) << length;
  }
  Bytes far = Block(6, false);
  far[4] = far[5] = far[6] = far[7] = 0xFF;
  EXPECT_EQ(ReadExifOrientation(far), 1);
}

/// 3 rows of 2: the stored pixels of the upright picture 1 2 / 3 4 / 5 6 by TIFF 6.0, page 36.
cv::Mat1b Stored(int orientation) {
  switch (orientation) {
    case 2:
      return (cv::Mat1b(3, 2) << 2, 1, 4, 3, 6, 5);
    case 3:
      return (cv::Mat1b(3, 2) << 6, 5, 4, 3, 2, 1);
    case 4:
      return (cv::Mat1b(3, 2) << 5, 6, 3, 4, 1, 2);
    case 5:
      return (cv::Mat1b(2, 3) << 1, 3, 5, 2, 4, 6);
    case 6:
      return (cv::Mat1b(2, 3) << 2, 4, 6, 1, 3, 5);
    case 7:
      return (cv::Mat1b(2, 3) << 6, 4, 2, 5, 3, 1);
    case 8:
      return (cv::Mat1b(2, 3) << 5, 3, 1, 6, 4, 2);
    default:
      return (cv::Mat1b(3, 2) << 1, 2, 3, 4, 5, 6);
  }
}

bool Equal(const cv::Mat& a, const cv::Mat& b) {
  cv::Mat wide_a, wide_b;
  a.convertTo(wide_a, CV_32F);
  b.convertTo(wide_b, CV_32F);
  return a.size() == b.size() && cv::norm(wide_a, wide_b, cv::NORM_INF) == 0;
}

TEST(Exif, TurnsAllEightOrientationsUpright) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_TRUE(Equal(ApplyExifOrientation(Stored(orientation), orientation), Stored(1)))
        << orientation;
  }
}

TEST(Exif, SquareInputIsNotChanged) {
  const cv::Mat1b square = (cv::Mat1b(2, 2) << 1, 2, 3, 4), before = square.clone();
  EXPECT_TRUE(Equal(ApplyExifOrientation(square, 5), (cv::Mat1b(2, 2) << 1, 3, 2, 4)));
  EXPECT_TRUE(Equal(square, before));
}

void Put(Bytes& bytes, std::uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// CRC-32 of PNG, bit by bit.
std::uint32_t Crc(const Bytes& bytes) {
  std::uint32_t c = 0xFFFFFFFFU;
  for (const std::uint8_t byte : bytes) {
    c ^= byte;
    for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
  }
  return c ^ 0xFFFFFFFFU;
}

/// A PNG with the chunk eXIf behind its header.
Bytes PngWith(const cv::Mat& stored, int orientation) {
  Bytes png;
  cv::imencode(".png", stored, png);
  Bytes body = {'e', 'X', 'I', 'f'}, chunk;
  const Bytes block = Block(orientation, true);
  body.insert(body.end(), block.begin(), block.end());
  Put(chunk, static_cast<std::uint32_t>(block.size()), 4);
  chunk.insert(chunk.end(), body.begin(), body.end());
  Put(chunk, Crc(body), 4);
  png.insert(png.begin() + 33, chunk.begin(), chunk.end());
  return png;
}

/// A JPEG with an Exif segment at its start.
Bytes JpegWith(const cv::Mat& stored, int orientation) {
  Bytes jpeg;
  cv::imencode(".jpg", stored, jpeg, {cv::IMWRITE_JPEG_QUALITY, 100});
  const Bytes block = Block(orientation, false);
  Bytes segment = {0xFF, 0xE1};
  Put(segment, static_cast<std::uint32_t>(block.size() + 8), 2);
  for (const char c : {'E', 'x', 'i', 'f', '\0', '\0'}) segment.push_back(c);
  segment.insert(segment.end(), block.begin(), block.end());
  jpeg.insert(jpeg.begin() + 2, segment.begin(), segment.end());
  return jpeg;
}

TEST_F(TurnedFiles, PngIsReadUpright) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Mammogram read = ReadImageFile(Write(PngWith(Stored(orientation), orientation)));
    EXPECT_TRUE(Equal(read.pixels, Stored(1))) << orientation;
    EXPECT_EQ(read.metadata.stored_orientation, orientation);
    EXPECT_EQ(read.metadata.rows, 3);
    EXPECT_EQ(read.metadata.flags.empty(), orientation == 1);
    cv::Mat deep, upright;
    Stored(orientation).convertTo(deep, CV_16U, 1000);
    Stored(1).convertTo(upright, CV_16U, 1000);
    EXPECT_TRUE(Equal(ReadGreyImage(Write(PngWith(deep, orientation))), upright)) << orientation;
  }
}

TEST_F(TurnedFiles, JpegIsReadUpright) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    cv::Mat large;
    cv::resize(Stored(orientation) * 40, large, {}, 16, 16, cv::INTER_NEAREST);
    const GreyImage read = ReadGreyImage(Write(JpegWith(large, orientation)));
    ASSERT_EQ(read.size(), cv::Size(32, 48)) << orientation;
    for (int y = 0; y < 3; ++y) {
      for (int x = 0; x < 2; ++x) {
        EXPECT_NEAR(read(16 * y + 8, 16 * x + 8), 40 * (2 * y + x + 1), 3) << orientation;
      }
    }
  }
}

cv::Mat4b Coloured(const cv::Mat1b& colour, const cv::Mat1b& alpha) {
  cv::Mat4b picture;
  cv::merge(std::vector<cv::Mat>{colour, colour, colour, alpha}, picture);
  return picture;
}

TEST_F(TurnedFiles, ReadsMasksInAlphaChannel) {
  const cv::Mat1b mask = (cv::Mat1b(2, 3) << 255, 0, 0, 255, 255, 0), none(2, 3, uchar{0}),
                  all(2, 3, uchar{255});
  const auto read = [&](const cv::Mat& picture, bool expected_from_alpha) {
    Bytes png;
    cv::imencode(".png", picture, png);
    const auto [found, from_alpha] = ReadMask(Write(png));
    EXPECT_EQ(from_alpha, expected_from_alpha);
    return found;
  };
  EXPECT_TRUE(Equal(read(Coloured(all, mask), true), mask));
  EXPECT_TRUE(Equal(read(Coloured(none, mask), true), mask));
  EXPECT_TRUE(Equal(read(Coloured(mask, all), false), mask));
  EXPECT_TRUE(Equal(read(Coloured(mask, none), false), mask));
  EXPECT_TRUE(Equal(read(Coloured(mask, mask), true), mask));
  // What is transparent is not seen.
  const cv::Mat1b half = (cv::Mat1b(2, 3) << 255, 255, 255, 255, 0, 255);
  EXPECT_TRUE(Equal(read(Coloured(mask, half), false), (cv::Mat1b(2, 3) << 255, 0, 0, 255, 0, 0)));
  cv::Mat deep;
  Coloured(all, mask).convertTo(deep, CV_16U, 257);
  EXPECT_TRUE(Equal(read(deep, true), mask));
}

TEST_F(TurnedFiles, TransparentPixelsOfPicturesAreBlack) {
  const cv::Mat1b grey = (cv::Mat1b(2, 3) << 10, 20, 255, 40, 50, 255),
                  alpha = (cv::Mat1b(2, 3) << 255, 255, 0, 255, 255, 0), none(2, 3, uchar{0}),
                  all(2, 3, uchar{255}), one_grey(2, 3, uchar{90});
  const auto read = [&](const cv::Mat& picture) {
    Bytes png;
    cv::imencode(".png", picture, png);
    return cv::Mat1b(cv::Mat(ReadGreyImage(Write(png))));
  };
  EXPECT_TRUE(Equal(read(Coloured(grey, alpha)), grey & alpha));
  // A picture is no mask: its alpha channel is never its content.
  EXPECT_TRUE(Equal(read(Coloured(one_grey, alpha)), one_grey & alpha));
  // Of a picture of which nothing is to be seen the pixels are taken.
  EXPECT_TRUE(Equal(read(Coloured(grey, none)), grey));
  EXPECT_TRUE(Equal(read(Coloured(grey, all)), grey));
  // What is coloured and not seen does not make it a colour picture.
  cv::Mat4b hidden = Coloured(grey, alpha);
  hidden(0, 2) = {1, 2, 200, 0};
  EXPECT_TRUE(Equal(read(hidden), grey & alpha));
  cv::Mat deep, expected;
  Coloured(grey, alpha).convertTo(deep, CV_16U, 257);
  cv::Mat(grey & alpha).convertTo(expected, CV_16U, 257);
  Bytes png;
  cv::imencode(".png", deep, png);
  EXPECT_TRUE(Equal(ReadGreyImage(Write(png)), expected));
}

TEST_F(TurnedFiles, ReadsMasksOfTwoSmallValues) {
  const cv::Mat1b mask = (cv::Mat1b(2, 3) << 255, 0, 0, 255, 255, 0);
  for (const int high : {1, 2, 100, 255}) {
    Bytes png;
    cv::imencode(".png", cv::Mat(mask / 255 * high), png);
    EXPECT_TRUE(Equal(ReadMask(Write(png)).mask, mask)) << high;
  }
}

}  // namespace
}  // namespace mhcnn
