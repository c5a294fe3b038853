// Reading pictures: depths, palettes, alpha, damage, claims.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/random.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

class Pictures : public testing::Test {
 protected:
  Pictures()
      : folder_(fs::temp_directory_path() / ("mhcnn_image_test_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Pictures() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  fs::path Write(const Bytes& bytes) const {
    const auto path = folder_ / "picture";
    WriteFileAtomically(path, bytes);
    return path;
  }
  GreyImage Read(const Bytes& bytes) const { return ReadGreyImage(Write(bytes)); }
  /// "code: problem" of the refusal, "" where the picture was read.
  std::string Refusal(const Bytes& bytes) const {
    try {
      ReadGreyImage(Write(bytes));
      return "";
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), HasSubstr("picture"));
      return std::string(ErrorCodeName(e.code())) + ": " + e.problem();
    }
  }

  fs::path folder_;
};

cv::Mat1w Ramp16() {
  cv::Mat1w ramp(40, 30);
  for (int i = 0; i < static_cast<int>(ramp.total()); ++i) {
    ramp(i / 30, i % 30) = static_cast<std::uint16_t>(i * 54);
  }
  return ramp;
}

cv::Mat1b Ramp8() { return {cv::Mat1b(Ramp16() / 257)}; }

Bytes Encode(const std::string& extension, const cv::Mat& image,
             const std::vector<int>& parameters = {}) {
  Bytes bytes;
  cv::imencode(extension, image, bytes, parameters);
  return bytes;
}

Bytes Text(const std::string& text) { return {text.begin(), text.end()}; }

bool Same(const cv::Mat& a, const cv::Mat& b) {
  cv::Mat wide;
  b.convertTo(wide, CV_16U);
  return a.size() == wide.size() && cv::norm(a, wide, cv::NORM_INF) == 0;
}

void Put(Bytes& bytes, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
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

TEST_F(Pictures, DepthIsThatOfTheFormatAndNotOfTheContent) {
  EXPECT_EQ(ReadPictureFile(Write(Encode(".png", Ramp8()))).facts.bits, 8);
  EXPECT_EQ(ReadPictureFile(Write(Encode(".png", cv::Mat1w(8, 8, std::uint16_t{3})))).facts.bits,
            16);
}

TEST_F(Pictures, PgmOfTwelveBitsAndComments) {
  const GreyImage image = Read(Text("P2 # a comment\n2 1\n# another\n4095\n17 4095"));
  EXPECT_EQ(image(0, 0), 17);
  EXPECT_EQ(image(0, 1), 4095);
  EXPECT_EQ(Read(Text(std::string("P5\n1 1\n4095\n\x0F\x01", 14)))(0, 0), 0x0F01);
}

TEST_F(Pictures, EqualChannelsAreGreyAndOthersAreRefused) {
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

TEST_F(Pictures, TiffWhiteIsZeroIsTurned) {
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

TEST_F(Pictures, CutShortIsRefusedAndNeverReadInPart) {
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

TEST_F(Pictures, EndMarkerOfAThumbnailIsNotThatOfTheJpeg) {
  const Bytes whole = Encode(".jpg", Ramp8());
  // A comment segment that holds an end marker, as an EXIF thumbnail does.
  const Bytes comment = {0xFF, 0xFE, 0, 6, 0xFF, 0xD9, 0, 0};
  Bytes file(whole.begin(), whole.end() - 20);
  file.insert(file.begin() + 2, comment.begin(), comment.end());
  EXPECT_THAT(Refusal(file), HasSubstr("cut short"));
}

TEST_F(Pictures, JpegIsReadAsItsUsualReaderDoesAndWholeOrNotAtAll) {
  const Bytes whole = Encode(".jpg", Ramp8());
  const cv::Mat1b usual = cv::imdecode(whole, cv::IMREAD_GRAYSCALE);
  EXPECT_EQ(cv::norm(Read(whole), cv::Mat1w(usual), cv::NORM_INF), 0);
  // Bytes lost inside the picture's data leave all markers in place.
  Bytes lossy = whole;
  lossy.erase(lossy.end() - 40, lossy.end() - 12);
  EXPECT_THAT(Refusal(lossy), HasSubstr("corrupt: has JPEG data that are damaged"));
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

TEST_F(Pictures, ClaimsBeyondTheLimitAreRefusedBeforeDecoding) {
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

TEST_F(Pictures, WhatIsNotOnePictureIsRefused) {
  EXPECT_THAT(Refusal(Tiff(TiffFields(2, 2, 8, 1, 4), Bytes(4), 3)),
              HasSubstr("unsupported: holds several pages"));
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

TEST_F(Pictures, MasksAreCutAt127) {
  const cv::Mat1b grey(std::vector<std::uint8_t>{0, 127, 128, 255}, /*copyData=*/true);
  const Mask mask = ReadMask(Write(Encode(".png", grey)));
  EXPECT_EQ(std::vector<std::uint8_t>(mask.begin(), mask.end()),
            (std::vector<std::uint8_t>{0, 0, 255, 255}));
}

TEST_F(Pictures, WritePngComesBack) {
  WritePng(folder_ / "w.png", Ramp16());
  EXPECT_TRUE(Same(ReadGreyImage(folder_ / "w.png"), Ramp16()));
}

TEST(Sniff, ByContent) {
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

TEST(Sniff, ByName) {
  EXPECT_TRUE(NameClaimsImage("a/B.DCM"));
  EXPECT_TRUE(NameClaimsImage("x.TiF"));
  EXPECT_FALSE(NameClaimsImage("x.csv"));
  EXPECT_FALSE(NameClaimsImage("dcm"));
}

}  // namespace
}  // namespace mhcnn
