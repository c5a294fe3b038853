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

}  // namespace
}  // namespace mhcnn
