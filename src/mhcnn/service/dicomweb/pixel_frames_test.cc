#include "mhcnn/service/dicomweb/pixel_frames.h"

#include <gtest/gtest.h>

#include <map>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::Disc;
using testing_support::ScratchFolder;

/// Returns the samples of which the file was made.
std::string GetSamples(const Mammogram& mammogram) {
  std::string samples;
  for (const std::uint16_t value : mammogram.pixels) {
    samples += static_cast<char>(value & 0xFF);
    samples += static_cast<char>(value >> 8);
  }
  return samples;
}

TEST(PixelFrames, SamplesAreThoseThatWereCompressed) {
  const ScratchFolder folder;
  const Mammogram disc = Disc(41, 33, 12);
  for (const TransferSyntax syntax : AllTransferSyntaxes()) {
    if (testing_support::AllowedLoss(syntax).largest > 0) continue;
    DicomWriteOptions options;
    options.syntax = syntax;
    WriteDicomMammogram(folder / "a.dcm", disc, options);
    SCOPED_TRACE(TransferSyntaxName(syntax));
    const PixelDataInfo metadata = ReadPixelDataInfo(folder / "a.dcm");
    EXPECT_EQ(metadata.frames, 1);
    const PixelFrames samples = ReadUncompressedFrames(folder / "a.dcm", {1});
    EXPECT_EQ(samples.transfer_syntax, "1.2.840.10008.1.2.1");
    ASSERT_EQ(samples.frames.size(), 1u);
    EXPECT_EQ(samples.frames[0], GetSamples(disc));
    // The whole file again, in the syntax that every reader takes.
    WriteFileAtomically(folder / "plain.dcm", ReadUncompressedFile(folder / "a.dcm"));
    const PixelDataInfo plain = ReadPixelDataInfo(folder / "plain.dcm");
    EXPECT_EQ(plain.transfer_syntax, "1.2.840.10008.1.2.1");
    EXPECT_FALSE(plain.compressed);
    EXPECT_EQ(ReadUncompressedFrames(folder / "plain.dcm", {1}).frames[0], GetSamples(disc));
    if (!metadata.compressed) continue;
    const PixelFrames stored = ReadStoredFrames(folder / "a.dcm", {1});
    EXPECT_EQ(stored.transfer_syntax, metadata.transfer_syntax);
    EXPECT_NE(ReadTextFile(folder / "a.dcm").find(stored.frames.at(0)), std::string::npos);
  }
}

TEST(PixelFrames, FramesOfOneBitBeginWithAByte) {
  const ScratchFolder folder;
  testing_support::WriteChanged(folder / "a.dcm", [](DcmDataset& d) {
    d.putAndInsertUint16(DCM_Rows, 3);
    d.putAndInsertUint16(DCM_Columns, 3);
    d.putAndInsertUint16(DCM_BitsAllocated, 1);
    d.putAndInsertUint16(DCM_BitsStored, 1);
    d.putAndInsertUint16(DCM_HighBit, 0);
    d.putAndInsertString(DCM_NumberOfFrames, "3");
    // 27 bits: 111111111 000000000 010101010.
    const Uint8 bits[] = {0xFF, 0x01, 0x10 << 1 | 0x08, 0x05 << 0};
    d.putAndInsertUint8Array(DCM_PixelData, bits, 4);
  });
  const auto frames = ReadUncompressedFrames(folder / "a.dcm", {3, 1});
  ASSERT_EQ(frames.frames.size(), 2u);
  const auto bit = [&](std::size_t frame, int i) {
    return (static_cast<unsigned char>(frames.frames[frame].at(i / 8)) >> (i % 8)) & 1;
  };
  const Uint8 bits[] = {0xFF, 0x01, 0x10 << 1 | 0x08, 0x05};
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(bit(1, i), 1) << i;
    EXPECT_EQ(bit(0, i), (bits[(18 + i) / 8] >> ((18 + i) % 8)) & 1) << i;
  }
}

TEST(PixelFrames, ReportsUnsupportedFrames) {
  const ScratchFolder folder;
  WriteDicomMammogram(folder / "a.dcm", Disc(40, 32, 12), {});
  EXPECT_EQ(testing_support::ThrownCode([&] { ReadStoredFrames(folder / "a.dcm", {1}); }),
            ErrorCode::kUnsupported);
  testing_support::WriteChanged(folder / "none.dcm",
                                [](DcmDataset& d) { d.findAndDeleteElement(DCM_PixelData); });
  EXPECT_EQ(ReadPixelDataInfo(folder / "none.dcm").frames, 0);
  testing_support::WriteChanged(
      folder / "cut.dcm", [](DcmDataset& d) { d.putAndInsertString(DCM_NumberOfFrames, "9"); });
  EXPECT_EQ(testing_support::ThrownCode([&] { ReadUncompressedFrames(folder / "cut.dcm", {1}); }),
            ErrorCode::kUnsupported);
}

TEST(FrameMediaType, FollowsThePart) {
  EXPECT_EQ(FrameMediaType("1.2.840.10008.1.2.4.90"), "image/jp2");
  EXPECT_EQ(FrameMediaType("1.2.840.10008.1.2.4.80"), "image/jls");
  EXPECT_EQ(FrameMediaType("1.2.840.10008.1.2.4.70"), "image/jpeg");
  EXPECT_EQ(FrameMediaType("1.2.840.10008.1.2.4.201"), "image/jphc");
  EXPECT_EQ(FrameMediaType("1.2.840.10008.1.2.5"), "image/dicom-rle");
  EXPECT_EQ(FrameMediaType("1.2.840.10008.1.2.1"), "application/octet-stream");
}

}  // namespace
}  // namespace mhcnn
