#include "mhcnn/dicom/display_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::Contains;
using ::testing::Not;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;

TEST(WindowChoice, CountsLutsBeforeWindows) {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", [](DcmDataset& dataset) {
    dataset.putAndInsertString(DCM_WindowCenter, "1800\\3000");
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
  EXPECT_THAT(second.metadata.flags, Not(Contains("window_not_found")));
  EXPECT_THAT(none.metadata.flags, Contains("window_not_found"));
  EXPECT_EQ(cv::norm(none.pixels, first.pixels, cv::NORM_INF), 0);
}

TEST(WindowChoice, PassesOverAWindowThatShowsMostlyWhite) {
  const ScratchFolder folder;
  const auto read = [&](const char* centers, const char* widths, const std::string& wanted) {
    WriteChanged(folder / "a.dcm", [&](DcmDataset& dataset) {
      dataset.putAndInsertString(DCM_WindowCenter, centers);
      dataset.putAndInsertString(DCM_WindowWidth, widths);
    });
    DicomReadOptions options;
    options.window = wanted;
    return ReadMammogram(folder / "a.dcm", options);
  };
  const Mammogram good = read("2048", "4096", ""), first_bad = read("12\\2048", "8\\4096", "");
  EXPECT_EQ(cv::norm(good.pixels, first_bad.pixels, cv::NORM_INF), 0);
  EXPECT_THAT(first_bad.metadata.flags, Contains("window_invalid"));
  EXPECT_THAT(good.metadata.flags, Not(Contains("window_invalid")));
  // Who asks for it gets it.
  const Mammogram asked = read("12\\2048", "8\\4096", "1");
  EXPECT_GT(cv::countNonZero(asked.pixels == 65535), static_cast<int>(asked.pixels.total()) / 2);
}

TEST(Polarity, FallsBackToPhotometricInterpretation) {
  const ScratchFolder folder;
  const auto read = [&](const char* shape) {
    WriteChanged(folder / "a.dcm", [&](DcmDataset& dataset) {
      dataset.putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME1");
      dataset.putAndInsertString(DCM_PresentationLUTShape, shape);
    });
    return ReadMammogram(folder / "a.dcm").pixels;
  };
  EXPECT_EQ(cv::norm(read("LIN OD"), read("INVERSE"), cv::NORM_INF), 0);
  EXPECT_GT(cv::norm(read("LIN OD"), read("IDENTITY"), cv::NORM_INF), 0);
}

}  // namespace
}  // namespace mhcnn
