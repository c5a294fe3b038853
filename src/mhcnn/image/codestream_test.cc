#include "mhcnn/image/codestream.h"

#include <gtest/gtest.h>

#include <vector>

namespace mhcnn {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// A JPEG of 300 x 1000 pixels, 12 bits, 3 components (ITU-T T.81 B.2.2), its
/// frame header after an application segment, a table and fill bytes.
Bytes Jpeg(std::uint8_t frame) {
  return {0xFF, 0xD8, 0xFF,  0xE0, 0,    4,  1,    2,    0xFF, 0xC4, 0, 3,    9,    0xFF,
          0xFF, 0xFF, frame, 0,    17,   12, 0x03, 0xE8, 0x01, 0x2C, 3, 1,    0x11, 0,
          2,    0x11, 0,     3,    0x11, 0,  0xFF, 0xDA, 0,    2,    5, 0xFF, 0xD9};
}

void Put32(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

/// SOC and SIZ (ITU-T T.800 A.5.1).
Bytes Jpeg2000(std::uint32_t width, std::uint32_t height, std::uint32_t x, std::uint32_t y,
               std::uint32_t tile, std::uint8_t precision) {
  Bytes bytes = {0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0};
  for (const auto value : {width, height, x, y, tile, tile, 0u, 0u}) Put32(bytes, value);
  for (const std::uint8_t byte :
       {std::uint8_t{0}, std::uint8_t{1}, precision, std::uint8_t{1}, std::uint8_t{1}}) {
    bytes.push_back(byte);
  }
  return bytes;
}

TEST(ReadJpegHeader, ReadsTheFrameHeaderOfEachProcess) {
  for (const std::uint8_t frame : {0xC0, 0xC1, 0xC2, 0xC3, 0xCA, 0xF7}) {
    const auto header = ReadJpegHeader(Jpeg(frame));
    ASSERT_TRUE(header) << int{frame};
    EXPECT_EQ(header->rows, 1000);
    EXPECT_EQ(header->columns, 300);
    EXPECT_EQ(header->precision, 12);
    EXPECT_EQ(header->components, 3);
    EXPECT_FALSE(header->is_signed);
  }
}

TEST(ReadJpegHeader, ReturnsNothingWithoutFrame) {
  EXPECT_FALSE(ReadJpegHeader({}));
  EXPECT_FALSE(ReadJpegHeader(Jpeg(0xDA))) << "a scan before any frame";
  EXPECT_FALSE(ReadJpegHeader(Bytes{0xFF, 0xD8, 0x00, 0xC0, 0, 17, 8, 0, 1, 0, 1, 1, 0, 0}));
  const Bytes whole = Jpeg(0xC0);
  for (std::size_t size = 0; size < 25; ++size) {
    EXPECT_FALSE(ReadJpegHeader(std::span(whole).first(size))) << size;
  }
}

TEST(ReadJpeg2000Header, SizeIsWithoutTheOffset) {
  const auto header = ReadJpeg2000Header(Jpeg2000(640, 480, 40, 30, 256, 0x80 | 11));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->columns, 600);
  EXPECT_EQ(header->rows, 450);
  EXPECT_EQ(header->components, 1);
  EXPECT_EQ(header->precision, 12);
  EXPECT_TRUE(header->is_signed);
  EXPECT_EQ(header->tiles, 3 * 2);
  EXPECT_FALSE(ReadJpeg2000Header(Jpeg2000(1, 1, 0, 0, 1, 7))->is_signed);
}

TEST(ReadJpeg2000Header, NothingForOtherBytes) {
  EXPECT_FALSE(ReadJpeg2000Header(Jpeg2000(640, 480, 0, 0, 0, 7))) << "tiles without pixels";
  Bytes other = Jpeg2000(640, 480, 0, 0, 256, 7);
  EXPECT_FALSE(ReadJpeg2000Header(std::span(other).first(42)));
  other[3] = 0x52;
  EXPECT_FALSE(ReadJpeg2000Header(other));
}

TEST(HasJpegEnd, EndMarkerWithPadding) {
  Bytes stream = Jpeg(0xC0);
  EXPECT_TRUE(HasJpegEnd(stream));
  stream.push_back(0);
  EXPECT_TRUE(HasJpegEnd(stream)) << "a byte of padding";
  stream.resize(stream.size() - 2);
  EXPECT_FALSE(HasJpegEnd(stream));
  EXPECT_FALSE(HasJpegEnd({}));
}

}  // namespace
}  // namespace mhcnn
