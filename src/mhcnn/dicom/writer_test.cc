#include "mhcnn/dicom/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <thread>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::AllowedLoss;
using testing_support::Disc;
using testing_support::Loss;
using testing_support::ScratchFolder;

class EverySyntax : public testing::TestWithParam<TransferSyntax> {};

TEST_P(EverySyntax, RoundTrips) {
  const ScratchFolder folder;
  for (const int bits : {8, 12, 16}) {
    if (bits > 8 && GetParam() == TransferSyntax::kJpegBaseline) continue;
    if (bits > 12 && GetParam() == TransferSyntax::kJpegExtended) continue;
    for (const bool monochrome1 : {false, true}) {
      const Mammogram written = Disc(121, 75, bits);
      DicomWriteOptions options;
      options.syntax = GetParam();
      options.monochrome1 = monochrome1;
      const auto path = folder / "written.dcm";
      WriteDicomMammogram(path, written, options);
      const Mammogram read = ReadMammogram(path);
      SCOPED_TRACE(std::to_string(bits) + " bits");
      ASSERT_EQ(read.pixels.size(), written.pixels.size());
      cv::Mat difference;
      cv::absdiff(read.pixels, written.pixels, difference);
      const double white = (1 << bits) - 1;
      const Loss allowed = AllowedLoss(GetParam());
      EXPECT_LE(cv::norm(difference, cv::NORM_INF) / white, allowed.largest);
      EXPECT_LE(cv::mean(difference)[0] / white, allowed.mean);
      EXPECT_EQ(read.metadata.bits, bits);
      EXPECT_EQ(read.metadata.laterality, Laterality::kLeft);
      EXPECT_EQ(read.metadata.view, View::kMLO);
      EXPECT_EQ(read.metadata.patient_id, "P-7");
      EXPECT_DOUBLE_EQ(read.metadata.row_spacing_mm.value(), 0.07);
      EXPECT_DOUBLE_EQ(read.metadata.column_spacing_mm.value(), 0.085);
      const bool lossy = allowed.largest > 0;
      EXPECT_EQ(read.metadata.flags,
                lossy ? std::vector<std::string>{"lossy_compressed"} : std::vector<std::string>{});
    }
  }
}

TEST_P(EverySyntax, IsDeterministic) {
  const ScratchFolder folder;
  DicomWriteOptions options;
  options.syntax = GetParam();
  const Mammogram disc = Disc(64, 48, 8);
  WriteDicomMammogram(folder / "a.dcm", disc, options);
  const auto first = ReadFile(folder / "a.dcm");
  WriteDicomMammogram(folder / "a.dcm", disc, options);
  EXPECT_EQ(ReadFile(folder / "a.dcm"), first);
}

TEST(Writer, PadsWithZero) {
  const ScratchFolder folder;
  DicomWriteOptions options;
  options.syntax = TransferSyntax::kJpegLs;
  int padded = 0;
  ::mallopt(M_PERTURB, 0xA5);  // new memory is not zero
  for (int size = 40; size < 52; ++size) {
    WriteDicomMammogram(folder / "a.dcm", Disc(size, size, 12), options);
    const auto bytes = ReadFile(folder / "a.dcm");
    // Before the delimiter of the sequence, 8 bytes: end of image, and a byte where that is odd.
    const auto* end = bytes.data() + bytes.size() - 8;
    if (end[-3] != 0xFF || end[-2] != 0xD9) continue;
    ++padded;
    EXPECT_EQ(end[-1], 0) << size;
  }
  ::mallopt(M_PERTURB, 0);
  EXPECT_GT(padded, 0);
}

INSTANTIATE_TEST_SUITE_P(All, EverySyntax, testing::ValuesIn(AllTransferSyntaxes()),
                         [](const auto& syntax) {
                           std::string name = TransferSyntaxName(syntax.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Writer, WindowIsApplied) {
  const ScratchFolder folder;
  DicomWriteOptions options;
  options.window_center = 2048;
  options.window_width = 4096;
  const Mammogram written = Disc(64, 48, 12);
  WriteDicomMammogram(folder / "a.dcm", written, options);
  const Mammogram read = ReadMammogram(folder / "a.dcm");
  for (const cv::Point p : {cv::Point(47, 0), cv::Point(47, 63), cv::Point(3, 30)}) {
    EXPECT_NEAR(read.pixels(p), written.pixels(p) * 65535.0 / 4095, 0.5001);
  }
}

TEST(Writer, WritesImplant) {
  const ScratchFolder folder;
  Mammogram disc = Disc(64, 48, 12);
  disc.metadata.flags = {"implant"};
  WriteDicomMammogram(folder / "a.dcm", disc, {});
  EXPECT_EQ(ReadMammogram(folder / "a.dcm").metadata.flags, disc.metadata.flags);
}

TEST(Writer, RawIsRefusedByDefault) {
  const ScratchFolder folder;
  DicomWriteOptions options;
  options.for_processing = true;
  WriteDicomMammogram(folder / "raw.dcm", Disc(64, 48, 14), options);
  try {
    ReadMammogram(folder / "raw.dcm");
    FAIL() << "read a raw image";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kOutOfScope);
    EXPECT_THAT(e.what(), testing::HasSubstr("FOR PROCESSING"));
  }
  const Mammogram read = ReadMammogram(folder / "raw.dcm", {.convert_raw = true});
  EXPECT_THAT(read.metadata.flags, testing::ElementsAre("raw_converted"));
  EXPECT_TRUE(read.metadata.for_processing);
  // Little signal is much attenuation: the ground of zeros comes out bright.
  EXPECT_GT(read.pixels(0, 47), read.pixels(32, 0));
}

TEST(Writer, RefusesInvalidInput) {
  const ScratchFolder folder;
  DicomWriteOptions options;
  options.syntax = TransferSyntax::kJpegBaseline;
  const auto code_of = [&](const Mammogram& mammogram) {
    try {
      WriteDicomMammogram(folder / "no.dcm", mammogram, options);
    } catch (const Error& e) {
      return e.code();
    }
    return ErrorCode::kInternal;
  };
  EXPECT_EQ(code_of(Disc(16, 16, 12)), ErrorCode::kUsage);
  Mammogram too_bright = Disc(16, 16, 8);
  too_bright.pixels(3, 3) = 256;
  EXPECT_EQ(code_of(too_bright), ErrorCode::kUsage);
  EXPECT_FALSE(std::filesystem::exists(folder / "no.dcm"));
}

TEST(Writer, SyntaxNames) {
  for (const TransferSyntax syntax : AllTransferSyntaxes()) {
    EXPECT_EQ(TransferSyntaxFromName(TransferSyntaxName(syntax)), syntax);
  }
  try {
    TransferSyntaxFromName("jpeg200");
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("did you mean \"jpeg2000\"?"));
  }
}

}  // namespace
}  // namespace mhcnn
