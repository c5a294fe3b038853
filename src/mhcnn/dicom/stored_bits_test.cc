// Which bits of a word are the value, where header, codestream and samples contradict each other.
#include "mhcnn/dicom/stored_bits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "mhcnn/dicom/display.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/image/jpeg2000.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing::Contains;
using testing::Not;
using testing_support::Disc;
using testing_support::ScratchFolder;

/// A smooth picture of 0 to 4095, as a mammogram is but for its size.
cv::Mat1w Smooth() { return Disc(64, 48, 12).pixels; }

cv::Mat1w TwosComplement(int bits) {
  cv::Mat1w words = Smooth();
  for (auto& word : words) word = static_cast<std::uint16_t>((word - 2048) & ((1 << bits) - 1));
  return words;
}

PixelHeader Header(int stored, bool is_signed) {
  PixelHeader header;
  header.stored = stored;
  header.high_bit = stored - 1;
  header.is_signed = is_signed;
  return header;
}

SampleWords Native(const cv::Mat1w& words) {
  SampleWords samples;
  samples.words = words;
  return samples;
}

SampleWords Codestream(const cv::Mat1w& words, int precision, std::optional<bool> is_signed = {}) {
  return {words, precision, true, is_signed};
}

/// The picture's own values, from 0, whatever way it was stored in.
cv::Mat1w Values(const StoredPixels& stored, int offset) {
  cv::Mat1w values = stored.patterns.clone();
  for (auto& value : values) {
    value =
        static_cast<std::uint16_t>(ToStoredValue(value, stored.bits, stored.is_signed) + offset);
  }
  return values;
}

void ExpectSmooth(const StoredPixels& stored, int offset, bool conflict) {
  EXPECT_EQ(cv::norm(Values(stored, offset), Smooth(), cv::NORM_INF), 0);
  EXPECT_EQ(stored.bits_conflict, conflict);
}

TEST(StoredBits, KeepsConsistentHeader) {
  ExpectSmooth(ResolveBits(Native(Smooth()), Header(12, false)), 0, false);
  ExpectSmooth(ResolveBits(Native(TwosComplement(16)), Header(12, true)), 2048, false);
  ExpectSmooth(ResolveBits(Native(TwosComplement(12)), Header(12, true)), 2048, false);
}

TEST(StoredBits, UsesValuesBeyondBitsStored) {
  for (const int stored : {6, 8, 10, 11}) {
    const StoredPixels pixels = ResolveBits(Native(Smooth()), Header(stored, false));
    ExpectSmooth(pixels, 0, true);
    EXPECT_EQ(pixels.bits, 12);
  }
  ExpectSmooth(ResolveBits(Native(TwosComplement(16)), Header(10, true)), 2048, true);
  ExpectSmooth(ResolveBits(Codestream(Smooth(), 12), Header(10, false)), 0, true);
  ExpectSmooth(ResolveBits(Codestream(Smooth(), 16, false), Header(10, false)), 0, true);
}

TEST(StoredBits, IgnoresOverlayBits) {
  cv::Mat1w words = Smooth();
  for (int row = 20; row < 30; ++row) {
    for (int column = 10; column < 40; column += 3) words(row, column) |= 0xA000;
  }
  ExpectSmooth(ResolveBits(Native(words), Header(12, false)), 0, false);
}

TEST(StoredBits, SignFollowsStreamPrecision) {
  // PS3.5 8.2: 12 bits of two's complement under Bits Stored 16.
  ExpectSmooth(ResolveBits(Codestream(TwosComplement(12), 12, false), Header(16, true)), 2048,
               false);
  ExpectSmooth(ResolveBits(Codestream(TwosComplement(12), 12), Header(16, true)), 2048, false);
  ExpectSmooth(ResolveBits(Codestream(TwosComplement(12), 12, false), Header(12, true)), 2048,
               false);
}

TEST(StoredBits, SignOfSamplesPrecedesHeader) {
  ExpectSmooth(ResolveBits(Codestream(Smooth(), 12, false), Header(16, true)), 0, true);
  ExpectSmooth(ResolveBits(Codestream(Smooth(), 12), Header(16, true)), 0, true);
  ExpectSmooth(ResolveBits(Codestream(TwosComplement(12), 12, true), Header(12, false)), 2048,
               true);
}

TEST(StoredBits, PaddingBeyondBitsStoredIsPadding) {
  cv::Mat1w words = Smooth();
  PixelHeader header = Header(12, false);
  header.padding = 63536;  // -2000 as a US
  for (int row = 0; row < words.rows; ++row) words(row, 40) = 63536;
  const StoredPixels stored = ResolveBits(Native(words), header);
  EXPECT_FALSE(stored.bits_conflict);
  EXPECT_EQ(stored.bits, 12);
  EXPECT_EQ(cv::countNonZero(stored.padded), words.rows);
  EXPECT_EQ(cv::countNonZero(stored.padded.col(40)), words.rows);
}

/// A file whose codestream was made for other bits than its header says.
Mammogram ReadJpeg2000(int precision, int stored, bool is_signed, bool wrapped) {
  const ScratchFolder folder;
  DicomWriteOptions options;
  options.syntax = TransferSyntax::kJpeg2000;
  Mammogram written = Disc(64, 48, precision);
  if (wrapped) written.pixels = TwosComplement(precision);
  WriteDicomMammogram(folder / "a.dcm", written, options);
  DcmFileFormat file;
  EXPECT_TRUE(file.loadFile((folder / "a.dcm").c_str()).good());
  DcmDataset& dataset = *file.getDataset();
  dataset.putAndInsertUint16(DCM_BitsStored, static_cast<Uint16>(stored));
  dataset.putAndInsertUint16(DCM_HighBit, static_cast<Uint16>(stored - 1));
  dataset.putAndInsertUint16(DCM_PixelRepresentation, is_signed ? 1 : 0);
  EXPECT_TRUE(file.saveFile((folder / "b.dcm").c_str()).good());
  return ReadMammogram(folder / "b.dcm");
}

TEST(StoredBits, ReadsStoredBitsFromFiles) {
  const Mammogram signed_stream = ReadJpeg2000(12, 16, true, true);
  EXPECT_EQ(cv::norm(signed_stream.pixels, Smooth(), cv::NORM_INF), 0);
  EXPECT_THAT(signed_stream.metadata.flags, Not(Contains("bits_conflict")));
  const Mammogram positive = ReadJpeg2000(12, 16, true, false);
  EXPECT_EQ(cv::norm(positive.pixels, Smooth(), cv::NORM_INF), 0);
  EXPECT_THAT(positive.metadata.flags, Contains("bits_conflict"));
  const Mammogram more = ReadJpeg2000(12, 10, false, false);
  EXPECT_EQ(cv::norm(more.pixels, Smooth(), cv::NORM_INF), 0);
  EXPECT_THAT(more.metadata.flags, Contains("bits_conflict"));
  EXPECT_EQ(more.metadata.bits, 12);
}

}  // namespace
}  // namespace mhcnn
