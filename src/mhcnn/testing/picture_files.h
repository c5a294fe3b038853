#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/random.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn::testing_support {

using Bytes = std::vector<std::uint8_t>;

inline constexpr int kRows = 21, kColumns = 30;

inline cv::Mat1w Ramp(int largest) {
  cv::Mat1w ramp(kRows, kColumns);
  const int last = kRows * kColumns - 1;
  for (int i = 0; i <= last; ++i) {
    ramp(i / kColumns, i % kColumns) = static_cast<std::uint16_t>(std::int64_t{i} * largest / last);
  }
  return ramp;
}

/// Returns a ramp of 40 x 30 pixels over 16 bits.
inline cv::Mat1w Ramp16() {
  cv::Mat1w ramp(40, 30);
  for (int i = 0; i < static_cast<int>(ramp.total()); ++i) {
    ramp(i / 30, i % 30) = static_cast<std::uint16_t>(i * 54);
  }
  return ramp;
}

/// Returns the same ramp over 8 bits.
inline cv::Mat1b Ramp8() { return {cv::Mat1b(Ramp16() / 257)}; }

/// Returns a picture as OpenCV writes it to a file of this extension.
inline Bytes Encode(const std::string& extension, const cv::Mat& image,
                    const std::vector<int>& parameters = {}) {
  Bytes bytes;
  cv::imencode(extension, image, bytes, parameters);
  return bytes;
}

inline void Put(Bytes& bytes, std::uint64_t value, int count, bool big = false) {
  for (int i = 0; i < count; ++i) {
    const int shift = 8 * (big ? count - 1 - i : i);
    bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

/// Makes a grey bitmap of 8 bits with a palette, or of 24 bits.
inline Bytes Bmp(const cv::Mat1w& samples, int bits, bool top_down = false, int compression = 0) {
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

/// Makes a BigTIFF of one strip, not compressed.
inline Bytes BigTiff(const cv::Mat1w& samples, int bits, bool big) {
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

/// Writes bytes as a file "picture" and reads it.
class PictureFiles : public testing::Test {
 protected:
  std::filesystem::path Write(const Bytes& bytes) const {
    const auto path = folder_ / "picture";
    WriteFileAtomically(path, bytes);
    return path;
  }
  GreyImage Read(const Bytes& bytes) const { return ReadGreyImage(Write(bytes)); }
  /// Returns "code: problem" of the refusal, "" where the picture was read.
  std::string Refusal(const Bytes& bytes) const {
    try {
      Read(bytes);
      return "";
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), testing::HasSubstr("picture"));
      return std::string(ErrorCodeName(e.code())) + ": " + e.problem();
    }
  }
  void ExpectSame(const Bytes& bytes, const cv::Mat1w& samples) const {
    const GreyImage read = Read(bytes);
    ASSERT_EQ(read.size(), samples.size());
    EXPECT_EQ(cv::norm(read, samples, cv::NORM_INF), 0);
  }
  /// Expects that the file is refused after it was cut to each of 40 lengths.
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

  ScratchFolder folder_;
};

}  // namespace mhcnn::testing_support
