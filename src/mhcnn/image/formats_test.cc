// BMP, JPEG 2000 and BigTIFF: their samples, and what is cut or claims too much.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/random.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/jpeg2000.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

constexpr int kRows = 21, kColumns = 30;

cv::Mat1w Ramp(int largest) {
  cv::Mat1w ramp(kRows, kColumns);
  const int last = kRows * kColumns - 1;
  for (int i = 0; i <= last; ++i) {
    ramp(i / kColumns, i % kColumns) = static_cast<std::uint16_t>(std::int64_t{i} * largest / last);
  }
  return ramp;
}

void Put(Bytes& bytes, std::uint64_t value, int count, bool big = false) {
  for (int i = 0; i < count; ++i) {
    const int shift = 8 * (big ? count - 1 - i : i);
    bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

/// A grey bitmap of 8 bits with a palette, or of 24 bits.
Bytes Bmp(const cv::Mat1w& samples, int bits, bool top_down = false, int compression = 0) {
  const int palette = bits == 8 ? 256 : 0, row = (samples.cols * bits + 31) / 32 * 4;
  Bytes bytes = {'B', 'M'};
  Put(bytes, static_cast<std::uint64_t>(54 + 4 * palette + row * samples.rows), 4);
  Put(bytes, 0, 4);
  Put(bytes, static_cast<std::uint64_t>(54 + 4 * palette), 4);
  Put(bytes, 40, 4);
  Put(bytes, static_cast<std::uint64_t>(samples.cols), 4);
  Put(bytes, static_cast<std::uint64_t>(top_down ? -samples.rows : samples.rows), 4);
  Put(bytes, 1, 2);
  Put(bytes, static_cast<std::uint64_t>(bits), 2);
  Put(bytes, static_cast<std::uint64_t>(compression), 4);
  for (int i = 0; i < 5; ++i) Put(bytes, 0, 4);
  for (int i = 0; i < palette; ++i) Put(bytes, static_cast<std::uint64_t>(i) * 0x010101, 4);
  for (int i = 0; i < samples.rows; ++i) {
    const int y = top_down ? i : samples.rows - 1 - i;
    const std::size_t end = bytes.size() + static_cast<std::size_t>(row);
    for (int x = 0; x < samples.cols; ++x) Put(bytes, samples(y, x) * 0x010101U, bits / 8);
    bytes.resize(end);
  }
  return bytes;
}

/// One strip, not compressed.
Bytes BigTiff(const cv::Mat1w& samples, int bits, bool big) {
  Bytes bytes = big ? Bytes{'M', 'M'} : Bytes{'I', 'I'};
  const auto put = [&](std::uint64_t value, int count) { Put(bytes, value, count, big); };
  put(43, 2), put(8, 2), put(0, 2), put(16, 8);
  const std::vector<std::array<std::uint64_t, 3>> fields = {
      {256, 4, static_cast<std::uint64_t>(samples.cols)},
      {257, 4, static_cast<std::uint64_t>(samples.rows)},
      {258, 3, static_cast<std::uint64_t>(bits)},
      {259, 3, 1},
      {262, 3, 1},
      {273, 16, 16 + 8 + 9 * 20 + 8},
      {277, 3, 1},
      {278, 4, static_cast<std::uint64_t>(samples.rows)},
      {279, 16,
       static_cast<std::uint64_t>(samples.total()) * static_cast<std::uint64_t>(bits / 8)}};
  put(fields.size(), 8);
  for (const auto& [tag, type, value] : fields) {
    put(tag, 2), put(type, 2), put(1, 8);
    const int size = type == 3 ? 2 : type == 4 ? 4 : 8;
    put(value, size);
    bytes.resize(bytes.size() + static_cast<std::size_t>(8 - size));
  }
  put(0, 8);
  for (const std::uint16_t sample : samples) put(sample, bits / 8);
  return bytes;
}

class Formats : public testing::Test {
 protected:
  Formats() { fs::create_directories(folder_); }
  ~Formats() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  std::string Refusal(const Bytes& bytes) const {
    WriteFileAtomically(folder_ / "picture", bytes);
    try {
      ReadGreyImage(folder_ / "picture");
      return "";
    } catch (const Error& e) {
      return std::string(ErrorCodeName(e.code())) + ": " + e.problem();
    }
  }
  void ExpectSame(const Bytes& bytes, const cv::Mat1w& samples) const {
    WriteFileAtomically(folder_ / "picture", bytes);
    const GreyImage read = ReadGreyImage(folder_ / "picture");
    ASSERT_EQ(read.size(), samples.size());
    EXPECT_EQ(cv::norm(read, samples, cv::NORM_INF), 0);
  }
  void ExpectCutIsRefused(const Bytes& bytes) const {
    for (std::size_t i = 0; i < 40; ++i) {
      const auto size = static_cast<std::ptrdiff_t>(bytes.size() * i / 40);
      EXPECT_NE(Refusal(Bytes(bytes.begin(), bytes.begin() + size)), "") << size;
    }
  }
  void MutatedNeverCrashes(const Bytes& whole) const {
    for (int i = 0; i < 60; ++i) {
      RandomStream random(2026, static_cast<std::uint64_t>(i), 1);
      Bytes bytes = whole;
      for (int k = 0; k < 4; ++k) {
        const auto within = static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), 200));
        bytes[random.Integer(within)] = static_cast<std::uint8_t>(random.Integer(256));
      }
      Refusal(bytes);
    }
  }

  fs::path folder_ = fs::temp_directory_path() / ("mhcnn_formats_" + std::to_string(::getpid()));
};

TEST_F(Formats, Bmp) {
  const cv::Mat1w samples = Ramp(255);
  for (const int bits : {8, 24, 32}) {
    for (const bool top_down : {false, true}) ExpectSame(Bmp(samples, bits, top_down), samples);
  }
  ExpectCutIsRefused(Bmp(samples, 8));
  MutatedNeverCrashes(Bmp(samples, 8));
  EXPECT_THAT(Refusal(Bmp(samples, 8, false, 1)), HasSubstr("unsupported: is a compressed BMP"));
  EXPECT_THAT(Refusal(Bmp(samples, 16)), HasSubstr("unsupported: is a BMP of 16 bits"));
  Bytes bomb = Bmp(samples, 8);
  bomb[20] = bomb[24] = 1;  // 65,536 more columns and rows
  EXPECT_THAT(Refusal(bomb), HasSubstr("limit: claims 65566 x 65557 pixels"));
}

TEST_F(Formats, Jpeg2000) {
  for (const int bits : {8, 10, 12, 16}) {
    const cv::Mat1w samples = Ramp((1 << bits) - 1);
    const Bytes stream = EncodeJpeg2000(samples, bits, 0);
    ExpectSame(stream, samples);
    ExpectCutIsRefused(stream);
    MutatedNeverCrashes(stream);
  }
  Bytes bomb = EncodeJpeg2000(Ramp(255), 8, 0);
  bomb[9] = bomb[13] = 1;  // of Xsiz and Ysiz
  EXPECT_THAT(Refusal(bomb), HasSubstr("limit: claims 65566 x 65557 pixels"));
}

TEST_F(Formats, BigTiff) {
  for (const bool big : {false, true}) {
    ExpectSame(BigTiff(Ramp(255), 8, big), Ramp(255));
    ExpectSame(BigTiff(Ramp(65535), 16, big), Ramp(65535));
    ExpectCutIsRefused(BigTiff(Ramp(65535), 16, big));
    MutatedNeverCrashes(BigTiff(Ramp(65535), 16, big));
  }
}

TEST_F(Formats, AreKnownByContentAndName) {
  EXPECT_EQ(SniffFileKind(Bmp(Ramp(255), 8)), FileKind::kBmp);
  EXPECT_EQ(SniffFileKind(EncodeJpeg2000(Ramp(255), 8, 0)), FileKind::kJpeg2000);
  EXPECT_EQ(SniffFileKind(BigTiff(Ramp(255), 8, true)), FileKind::kTiff);
  const std::string text = "BMs and other words, more than a header of a bitmap";
  EXPECT_EQ(SniffFileKind(Bytes(text.begin(), text.end())), FileKind::kUnknown);
  for (const char* name : {"a.bmp", "a.JP2", "a.j2k", "a.jph", "a.btf"}) {
    EXPECT_TRUE(NameClaimsImage(name)) << name;
  }
}

}  // namespace
}  // namespace mhcnn
