// Damaged, cut and lying files: an Error or a picture, never a crash, a hang or a large allocation.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/random.h"
#include "mhcnn/dicom/elements.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing_support::Disc;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;
using Bytes = std::vector<std::uint8_t>;

/// The code of the refusal, or nothing where the file was read.
std::optional<ErrorCode> Refusal(const fs::path& path) {
  try {
    ReadMammogram(path);
    return std::nullopt;
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr(path.filename().string()));
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos);
    return e.code();
  }
}

Bytes Written(const fs::path& path, TransferSyntax syntax, int bits) {
  DicomWriteOptions options;
  options.syntax = syntax;
  WriteDicomMammogram(path, Disc(64, 48, bits), options);
  return ReadFile(path);
}

class EverySyntaxDamaged : public testing::TestWithParam<TransferSyntax> {};

TEST_P(EverySyntaxDamaged, CutAtAnyLengthIsRefused) {
  const ScratchFolder folder;
  const Bytes whole = Written(folder / "whole.dcm", GetParam(), 8);
  const auto path = folder / "cut.dcm";
  for (int i = 0; i < 60; ++i) {
    const auto size = static_cast<std::ptrdiff_t>(whole.size() * static_cast<std::size_t>(i) / 60);
    WriteFileAtomically(path, Bytes(whole.begin(), whole.begin() + size));
    EXPECT_TRUE(Refusal(path).has_value()) << size << " of " << whole.size() << " bytes";
  }
}

TEST_P(EverySyntaxDamaged, MutatedBytesNeverCrash) {
  const ScratchFolder folder;
  const Bytes whole = Written(folder / "whole.dcm", GetParam(), 8);
  const auto path = folder / "mutated.dcm";
  const auto start = std::chrono::steady_clock::now();
  constexpr int kFiles = 40;
  for (int i = 0; i < kFiles; ++i) {
    RandomStream random(2026, static_cast<std::uint64_t>(i), static_cast<int>(GetParam()) + 1U);
    Bytes bytes = whole;
    const auto count = 1 + random.Integer(8);
    for (std::uint32_t k = 0; k < count; ++k) {
      bytes[random.Integer(static_cast<std::uint32_t>(bytes.size()))] =
          static_cast<std::uint8_t>(random.Integer(256));
    }
    WriteFileAtomically(path, bytes);
    Refusal(path);
  }
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  EXPECT_LT(spent.count(), 5.0 * kFiles);
}

INSTANTIATE_TEST_SUITE_P(All, EverySyntaxDamaged, testing::ValuesIn(AllTransferSyntaxes()),
                         [](const auto& syntax) {
                           std::string name = TransferSyntaxName(syntax.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Hostile, NotDicomAtAll) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "text.dcm", std::string("This is a text file named .dcm.\n"));
  EXPECT_EQ(Refusal(folder / "text.dcm"), ErrorCode::kUnsupported);
  WriteFileAtomically(folder / "empty.dcm", std::string());
  EXPECT_TRUE(Refusal(folder / "empty.dcm").has_value());
  EXPECT_EQ(Refusal(folder / "absent.dcm"), ErrorCode::kNotFound);
  WriteFileAtomically(folder / "preamble.dcm", std::string(128, '\0') + "DICM");
  EXPECT_EQ(Refusal(folder / "preamble.dcm"), ErrorCode::kCorrupt);
  EXPECT_THROW(ReadDicomMetadata(folder / "text.dcm"), Error);
}

TEST(Hostile, ClaimsOfSize) {
  const ScratchFolder folder;
  const auto with = [&](int rows, int columns) {
    WriteChanged(folder / "a.dcm", [&](DcmDataset& d) {
      d.putAndInsertUint16(DCM_Rows, static_cast<Uint16>(rows));
      d.putAndInsertUint16(DCM_Columns, static_cast<Uint16>(columns));
    });
    return Refusal(folder / "a.dcm");
  };
  EXPECT_EQ(with(65535, 65535), ErrorCode::kLimit);
  EXPECT_EQ(with(10000, 10000), ErrorCode::kCorrupt);
  EXPECT_EQ(with(0, 32), ErrorCode::kCorrupt);
  EXPECT_EQ(with(1, 1), std::nullopt);
}

TEST(Hostile, ImpossibleBits) {
  const ScratchFolder folder;
  const auto with = [&](const DcmTagKey& key, int value) {
    WriteChanged(folder / "a.dcm",
                 [&](DcmDataset& d) { d.putAndInsertUint16(key, static_cast<Uint16>(value)); });
    return Refusal(folder / "a.dcm");
  };
  EXPECT_EQ(with(DCM_BitsAllocated, 32), ErrorCode::kUnsupported);
  EXPECT_EQ(with(DCM_BitsStored, 17), ErrorCode::kCorrupt);
  EXPECT_EQ(with(DCM_BitsStored, 0), ErrorCode::kCorrupt);
  EXPECT_EQ(with(DCM_HighBit, 3), std::nullopt);  // Bits Stored says which they are
  EXPECT_EQ(with(DCM_SamplesPerPixel, 1000), ErrorCode::kCorrupt);
}

TEST(Hostile, RejectsCompressedImageWithOtherSize) {
  const ScratchFolder folder;
  for (const auto syntax : {TransferSyntax::kJpegBaseline, TransferSyntax::kJpegLossless,
                            TransferSyntax::kJpegLs, TransferSyntax::kJpeg2000}) {
    Bytes bytes = Written(folder / "a.dcm", syntax, 8);
    // Rows (0028,0010) US 64 -> 96.
    const Bytes rows = {0x28, 0, 0x10, 0, 'U', 'S', 2, 0, 64, 0};
    const auto found = std::search(bytes.begin(), bytes.end(), rows.begin(), rows.end());
    ASSERT_NE(found, bytes.end());
    *(found + 8) = 96;
    WriteFileAtomically(folder / "a.dcm", bytes);
    EXPECT_EQ(Refusal(folder / "a.dcm"), ErrorCode::kCorrupt) << TransferSyntaxName(syntax);
  }
}

TEST(Hostile, DeflateBomb) {
  const ScratchFolder folder;
  Bytes file = Written(folder / "a.dcm", TransferSyntax::kDeflated, 8);
  // Meta information up to its end, then a gigabyte of zeros.
  const std::string uid = "1.2.840.10008.1.2.1.99";
  const auto found = std::search(file.begin(), file.end(), uid.begin(), uid.end());
  ASSERT_NE(found, file.end());
  const std::size_t group_length = file[140] | std::size_t{file[141]} << 8;
  file.resize(144 + group_length);
  z_stream stream{};
  ASSERT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes zeros(std::size_t{1} << 20), out(std::size_t{1} << 20);
  for (int i = 0; i < 400; ++i) {
    stream.next_in = zeros.data();
    stream.avail_in = static_cast<uInt>(zeros.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, i == 399 ? Z_FINISH : Z_NO_FLUSH);
    file.insert(file.end(), out.begin(), out.end() - stream.avail_out);
  }
  deflateEnd(&stream);
  WriteFileAtomically(folder / "bomb.dcm", file);
  EXPECT_LT(file.size(), 2'000'000U);
  EXPECT_EQ(Refusal(folder / "bomb.dcm"), ErrorCode::kLimit);
}

TEST(Hostile, UnknownTransferSyntaxIsNamed) {
  const ScratchFolder folder;
  Bytes bytes = Written(folder / "a.dcm", TransferSyntax::kJpeg2000, 8);
  const std::string uid = "1.2.840.10008.1.2.4.90", other = "1.2.840.10008.1.2.4.99";
  const auto found = std::search(bytes.begin(), bytes.end(), uid.begin(), uid.end());
  ASSERT_NE(found, bytes.end());
  std::copy(other.begin(), other.end(), found);
  WriteFileAtomically(folder / "a.dcm", bytes);
  EXPECT_EQ(Refusal(folder / "a.dcm"), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace mhcnn
