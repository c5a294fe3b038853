// Reading at the size needed, the choice of a window, and the 2D image of a tomosynthesis.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::Disc;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;

DicomReadOptions Wanting(int long_side) {
  DicomReadOptions options;
  options.wanted_long_side = long_side;
  return options;
}

TEST(ReducedReading, IsTheAreaAverageAndFactsStayThoseOfTheFile) {
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
    EXPECT_EQ(read.facts.rows, 1000);
    ASSERT_TRUE(read.facts.row_spacing_mm && full.facts.row_spacing_mm);
    EXPECT_DOUBLE_EQ(*read.facts.row_spacing_mm, *full.facts.row_spacing_mm * read.facts.reduction);
    cv::Mat expected;
    cv::resize(full.pixels, expected, read.pixels.size(), 0, 0, cv::INTER_AREA);
    // The wavelet's low pass is not a box, so edges differ a little.
    EXPECT_LT(cv::norm(read.pixels, expected, cv::NORM_L1) / static_cast<double>(expected.total()),
              0.02 * 4095)
        << wanted;
  }
}

TEST(ReducedReading, NotWherePaddingIsBright) {
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

TEST(WindowChoice, LutsAreCountedBeforeWindows) {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", [](DcmDataset& dataset) {
    dataset.putAndInsertString(DCM_WindowCenter, "1000\\3000");
    dataset.putAndInsertString(DCM_WindowWidth, "500\\500");
  });
  const auto at = [&](const std::string& window) {
    DicomReadOptions options;
    options.window = window;
    return ReadMammogram(folder / "a.dcm", options);
  };
  const Mammogram first = at(""), second = at("2"), none = at("3");
  // More of the picture is white by the lower window.
  EXPECT_GT(cv::countNonZero(first.pixels == 65535), cv::countNonZero(second.pixels == 65535));
  EXPECT_THAT(second.facts.flags, Not(Contains("window_not_found")));
  EXPECT_THAT(none.facts.flags, Contains("window_not_found"));
  EXPECT_EQ(cv::norm(none.pixels, first.pixels, cv::NORM_INF), 0);
}

TEST(Synthesised2d, OneFrameIsReadAndFlaggedAndAVolumeRefused) {
  const ScratchFolder folder;
  const auto make = [&](const char* frames) {
    WriteChanged(folder / "a.dcm", [&](DcmDataset& dataset) {
      dataset.putAndInsertString(DCM_SOPClassUID, UID_BreastTomosynthesisImageStorage);
      dataset.putAndInsertString(DCM_NumberOfFrames, frames);
    });
  };
  make("1");
  EXPECT_THAT(ReadMammogram(folder / "a.dcm").facts.flags, Contains("synthesised_2d"));
  make("60");
  try {
    ReadMammogram(folder / "a.dcm");
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("tomosynthesis volume"));
  }
  WriteChanged(folder / "b.dcm", [&](DcmDataset& dataset) {
    dataset.putAndInsertString(DCM_ImageType, "DERIVED\\PRIMARY\\TOMO_2D");
  });
  EXPECT_THAT(ReadMammogram(folder / "b.dcm").facts.flags, Contains("synthesised_2d"));
}

}  // namespace
}  // namespace mhcnn
