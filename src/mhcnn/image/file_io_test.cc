#include "mhcnn/image/file_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "mhcnn/base/file.h"
#include "mhcnn/base/random.h"
#include "mhcnn/image/jpeg2000.h"
#include "mhcnn/testing/picture_files.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing_support::BigTiff;
using testing_support::Bmp;
using testing_support::Bytes;
using testing_support::Encode;
using Pictures = testing_support::PictureFiles;
using testing_support::Put;
using testing_support::Ramp;
using testing_support::Ramp16;
using testing_support::Ramp8;

Bytes Text(const std::string& text) { return {text.begin(), text.end()}; }

bool Same(const cv::Mat& a, const cv::Mat& b) {
  cv::Mat wide;
  b.convertTo(wide, CV_16U);
  return a.size() == wide.size() && cv::norm(a, wide, cv::NORM_INF) == 0;
}

struct Field {
  std::uint32_t tag, value;
};

/// A little-endian TIFF of one uncompressed strip; the pages repeat it.
Bytes Tiff(std::vector<Field> fields, const Bytes& strip, int pages = 1) {
  Bytes file = {'I', 'I', 42, 0};
  Put(file, 8 + strip.size(), 4);
  file.insert(file.end(), strip.begin(), strip.end());
  for (int page = 0; page < pages; ++page) {
    Put(file, fields.size(), 2);
    for (const Field& field : fields) {
      Put(file, field.tag, 2);
      Put(file, 4, 2);
      Put(file, 1, 4);
      Put(file, field.value, 4);
    }
    Put(file, page + 1 < pages ? file.size() + 4 : 0, 4);
  }
  return file;
}

std::vector<Field> TiffFields(std::uint32_t width, std::uint32_t height, std::uint32_t bits,
                              std::uint32_t photometric, std::size_t length) {
  return {{256, width}, {257, height},      {258, bits},
          {259, 1},     {262, photometric}, {273, 8},
          {277, 1},     {278, height},      {279, static_cast<std::uint32_t>(length)}};
}

TEST_F(Pictures, KeepAllBits) {
  EXPECT_TRUE(Same(Read(Encode(".png", Ramp16())), Ramp16()));
  EXPECT_TRUE(Same(Read(Encode(".png", Ramp8())), Ramp8()));
  EXPECT_TRUE(Same(Read(Encode(".tif", Ramp16())), Ramp16()));
  EXPECT_TRUE(Same(Read(Encode(".tif", Ramp8())), Ramp8()));
  EXPECT_TRUE(Same(Read(Encode(".pgm", Ramp16())), Ramp16()));
  EXPECT_TRUE(Same(Read(Encode(".pgm", Ramp8())), Ramp8()));
  EXPECT_TRUE(Same(Read(Encode(".pgm", Ramp16(), {cv::IMWRITE_PXM_BINARY, 0})), Ramp16()));
}

TEST_F(Pictures, DepthFollowsFormat) {
  EXPECT_EQ(ReadImageFile(Write(Encode(".png", Ramp8()))).metadata.bits, 8);
  EXPECT_EQ(ReadImageFile(Write(Encode(".png", cv::Mat1w(8, 8, std::uint16_t{3})))).metadata.bits,
            16);
}

TEST_F(Pictures, PgmOfTwelveBitsAndComments) {
  const GreyImage image = Read(Text("P2 # a comment\n2 1\n# another\n4095\n17 4095"));
  EXPECT_EQ(image(0, 0), 17);
  EXPECT_EQ(image(0, 1), 4095);
  EXPECT_EQ(Read(Text(std::string("P5\n1 1\n4095\n\x0F\x01", 14)))(0, 0), 0x0F01);
}

TEST_F(Pictures, ReadsEqualChannelsAndRefusesColour) {
  cv::Mat colour;
  cv::merge(std::vector<cv::Mat>{Ramp8(), Ramp8(), Ramp8()}, colour);
  EXPECT_TRUE(Same(Read(Encode(".png", colour)), Ramp8()));
  cv::Mat transparent;
  cv::merge(std::vector<cv::Mat>{Ramp8(), Ramp8(), Ramp8(), cv::Mat1b(40, 30, std::uint8_t{9})},
            transparent);
  EXPECT_TRUE(Same(Read(Encode(".png", transparent)), Ramp8()));
  cv::merge(std::vector<cv::Mat>{Ramp8(), Ramp8(), cv::Mat1b(40, 30, std::uint8_t{200})}, colour);
  EXPECT_THAT(Refusal(Encode(".png", colour)), HasSubstr("unsupported: is a colour picture"));
}

TEST_F(Pictures, InvertsTiffWhiteIsZero) {
  Bytes strip8, strip16;
  for (const int value : {0, 10, 200, 255}) {
    strip8.push_back(static_cast<std::uint8_t>(value));
    Put(strip16, static_cast<std::uint64_t>(value) * 257, 2);
  }
  const GreyImage turned8 = Read(Tiff(TiffFields(2, 2, 8, 0, 4), strip8));
  EXPECT_EQ(turned8(0, 1), 245);
  EXPECT_EQ(turned8(1, 1), 0);
  const GreyImage turned16 = Read(Tiff(TiffFields(2, 2, 16, 0, 8), strip16));
  EXPECT_EQ(turned16(0, 1), 65535 - 2570);
  EXPECT_EQ(turned16(1, 1), 0);
  EXPECT_EQ(Read(Tiff(TiffFields(2, 2, 16, 1, 8), strip16))(0, 1), 2570);
}

TEST_F(Pictures, RefusesTruncatedFiles) {
  for (const std::string extension : {".png", ".jpg", ".tif", ".pgm"}) {
    const Bytes whole = Encode(extension, Ramp8());
    ASSERT_EQ(Refusal(whole), "") << extension;
    for (std::size_t i = 1; i < 40; ++i) {
      const auto size = static_cast<std::ptrdiff_t>(whole.size() * i / 40);
      EXPECT_NE(Refusal(Bytes(whole.begin(), whole.begin() + size)), "")
          << extension << " cut to " << size << " of " << whole.size();
    }
  }
}

TEST_F(Pictures, MutatedBytesNeverCrash) {
  for (const std::string extension : {".png", ".jpg", ".tif", ".pgm"}) {
    const Bytes whole = Encode(extension, Ramp8());
    for (std::uint64_t i = 0; i < 100; ++i) {
      RandomStream random(7, i);
      Bytes bytes = whole;
      for (int k = 0; k < 4; ++k) {
        bytes[random.Integer(static_cast<std::uint32_t>(bytes.size()))] =
            static_cast<std::uint8_t>(random.Integer(256));
      }
      Refusal(bytes);
    }
  }
}

TEST_F(Pictures, RefusesLargeClaimsBeforeDecoding) {
  EXPECT_THAT(Refusal(Text("P5\n60000 60000\n255\nxxxx")), HasSubstr("limit: claims 60000"));
  EXPECT_THAT(Refusal(Tiff(TiffFields(60000, 60000, 8, 1, 4), Bytes(4))), HasSubstr("limit"));
  Bytes png = Encode(".png", Ramp8());
  png[16] = 0x7F;
  EXPECT_THAT(Refusal(png), HasSubstr("limit"));
  Bytes jpeg = Encode(".jpg", Ramp8());
  for (std::size_t i = 2; i + 9 < jpeg.size(); ++i) {
    if (jpeg[i] != 0xFF || jpeg[i + 1] != 0xC0) continue;
    for (std::size_t k = 5; k < 9; ++k) jpeg[i + k] = 0xFF;
    break;
  }
  EXPECT_THAT(Refusal(jpeg), HasSubstr("limit: claims 65535 x 65535"));
  EXPECT_THAT(Refusal(Text("P5\n0 10\n255\n")), HasSubstr("corrupt"));
  EXPECT_THAT(Refusal(Text("P5\n99999999999 10\n255\n")), HasSubstr("corrupt"));
}

TEST_F(Pictures, RefusesOtherContent) {
  EXPECT_THAT(Refusal(Tiff(TiffFields(2, 2, 8, 1, 4), Bytes(4), 3)),
              HasSubstr("unsupported: contains several pages"));
  EXPECT_THAT(Refusal(Tiff(TiffFields(1, 1, 32, 1, 4), Bytes(4))),
              HasSubstr("unsupported: has samples other than"));
  auto seven_channels = TiffFields(1, 1, 8, 1, 4);
  seven_channels[6].value = 7;
  EXPECT_THAT(Refusal(Tiff(seven_channels, Bytes(4))), HasSubstr("unsupported: has 7 samples"));
  EXPECT_THAT(Refusal(Text("hello")), HasSubstr("unsupported"));
  EXPECT_THAT(Refusal({}), HasSubstr("unsupported"));
  EXPECT_EQ(Read(Encode(".png", cv::Mat1b(1, 1, std::uint8_t{5}))).size(), cv::Size(1, 1));
}

TEST_F(Pictures, ChecksumOfPng) {
  Bytes png = Encode(".png", Ramp16());
  png[png.size() / 2] ^= 0x10;
  EXPECT_THAT(Refusal(png), HasSubstr("a checksum does not fit"));
}

TEST_F(Pictures, MasksHaveThreshold127) {
  const cv::Mat1b grey(std::vector<std::uint8_t>{0, 127, 128, 255}, /*copyData=*/true);
  const Mask mask = ReadMask(Write(Encode(".png", grey))).mask;
  EXPECT_EQ(std::vector<std::uint8_t>(mask.begin(), mask.end()),
            (std::vector<std::uint8_t>{0, 0, 255, 255}));
}

TEST_F(Pictures, WritePngRoundTrips) {
  WritePng(folder_ / "w.png", Ramp16());
  EXPECT_TRUE(Same(ReadGreyImage(folder_ / "w.png"), Ramp16()));
}

TEST(Sniff, DetectsKindFromContent) {
  EXPECT_EQ(SniffFileKind(Bytes{0xFF, 0xD8, 0xFF, 0xE0}), FileKind::kJpeg);
  EXPECT_EQ(SniffFileKind(Bytes{'M', 'M', 0, 42}), FileKind::kTiff);
  EXPECT_EQ(SniffFileKind(Text("P5 1 1")), FileKind::kPgm);
  EXPECT_EQ(SniffFileKind(Text("P6 1 1")), FileKind::kUnknown);
  EXPECT_EQ(SniffFileKind(Bytes{8, 0, 5, 0, 'C', 'S', 2, 0}), FileKind::kDicom);
  EXPECT_EQ(SniffFileKind(Bytes{0, 8, 0, 5, 'C', 'S', 0, 2}), FileKind::kDicom);
  Bytes preamble(132);
  std::copy_n("DICM", 4, preamble.begin() + 128);
  EXPECT_EQ(SniffFileKind(preamble), FileKind::kDicom);
  EXPECT_EQ(SniffFileKind(Bytes{}), FileKind::kUnknown);
  EXPECT_EQ(SniffFileKind(fs::path("/nowhere/at/all")), FileKind::kUnknown);
}

TEST(Sniff, DetectsKindFromExtension) {
  EXPECT_TRUE(HasImageExtension("a/B.DCM"));
  EXPECT_TRUE(HasImageExtension("x.TiF"));
  EXPECT_FALSE(HasImageExtension("x.csv"));
  EXPECT_FALSE(HasImageExtension("dcm"));
}

TEST_F(Pictures, ImagesAreRecognizedByContentAndName) {
  EXPECT_EQ(SniffFileKind(Bmp(Ramp(255), 8)), FileKind::kBmp);
  EXPECT_EQ(SniffFileKind(EncodeJpeg2000(Ramp(255), 8, 0)), FileKind::kJpeg2000);
  EXPECT_EQ(SniffFileKind(BigTiff(Ramp(255), 8, true)), FileKind::kTiff);
  const std::string text = "BMs and other words, more than a header of a bitmap";
  EXPECT_EQ(SniffFileKind(Bytes(text.begin(), text.end())), FileKind::kUnknown);
  for (const char* name : {"a.bmp", "a.JP2", "a.j2k", "a.jph", "a.btf"}) {
    EXPECT_TRUE(HasImageExtension(name)) << name;
  }
}

}  // namespace
}  // namespace mhcnn
