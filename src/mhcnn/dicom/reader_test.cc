#include "mhcnn/dicom/reader.h"

#include <gtest/gtest.h>

#include <atomic>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <thread>

#include "mhcnn/dicom/writer.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::AllowedLoss;
using testing_support::Disc;
using testing_support::ScratchFolder;

TEST(Reader, SeveralThreadsReadAtOnce) {
  const ScratchFolder folder;
  const auto syntaxes = AllTransferSyntaxes();
  const Mammogram disc = Disc(64, 48, 8);
  for (const TransferSyntax syntax : syntaxes) {
    DicomWriteOptions options;
    options.syntax = syntax;
    WriteDicomMammogram(folder / TransferSyntaxName(syntax), disc, options);
  }
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 5 * syntaxes.size(); ++i) {
        const auto syntax = syntaxes[(i + static_cast<std::size_t>(t)) % syntaxes.size()];
        const auto read = ReadMammogram(folder / TransferSyntaxName(syntax));
        if (cv::norm(read.pixels, disc.pixels, cv::NORM_INF) / 255 > AllowedLoss(syntax).largest) {
          ++wrong;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

DicomReadOptions Wanting(int long_side) {
  DicomReadOptions options;
  options.wanted_long_side = long_side;
  return options;
}

TEST(ReducedReading, ReducedImageIsAreaAverageWithSameMetadata) {
  const ScratchFolder folder;
  const Mammogram disc = Disc(1000, 700, 12);
  DicomWriteOptions options;
  options.syntax = TransferSyntaxFromName("jpeg2000");
  WriteDicomMammogram(folder / "a.dcm", disc, options);
  const Mammogram full = ReadMammogram(folder / "a.dcm");
  for (const auto& [wanted, rows, columns] :
       {std::tuple{1000, 1000, 700}, {501, 1000, 700}, {500, 500, 350}, {240, 250, 175}}) {
    const Mammogram read = ReadMammogram(folder / "a.dcm", Wanting(wanted));
    EXPECT_EQ(read.pixels.size(), cv::Size(columns, rows)) << wanted;
    EXPECT_EQ(read.metadata.rows, 1000);
    ASSERT_TRUE(read.metadata.row_spacing_mm && full.metadata.row_spacing_mm);
    EXPECT_DOUBLE_EQ(*read.metadata.row_spacing_mm,
                     *full.metadata.row_spacing_mm * read.metadata.reduction);
    cv::Mat expected;
    cv::resize(full.pixels, expected, read.pixels.size(), 0, 0, cv::INTER_AREA);
    // The wavelet's low pass is not a box, so edges differ a little.
    EXPECT_LT(cv::norm(read.pixels, expected, cv::NORM_L1) / static_cast<double>(expected.total()),
              0.02 * 4095)
        << wanted;
  }
}

TEST(ReducedReading, IsNotUsedForBrightPadding) {
  const ScratchFolder folder;
  Mammogram disc = Disc(512, 300, 12);
  DicomWriteOptions options;
  options.syntax = TransferSyntaxFromName("jpeg2000");
  WriteDicomMammogram(folder / "plain.dcm", disc, options);
  const auto read = [&](int padding) {
    DcmFileFormat file;
    EXPECT_TRUE(file.loadFile((folder / "plain.dcm").c_str()).good());
    file.getDataset()->putAndInsertUint16(DCM_PixelPaddingValue, static_cast<Uint16>(padding));
    EXPECT_TRUE(file.saveFile((folder / "padded.dcm").c_str()).good());
    return ReadMammogram(folder / "padded.dcm", Wanting(128)).pixels.rows;
  };
  EXPECT_EQ(read(0), 128);
  EXPECT_EQ(read(4095), 512);
}

}  // namespace
}  // namespace mhcnn
