#include "mhcnn/dicom/synthesised.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;

TEST(Synthesised2d, ReadsOneFrameAndRefusesVolume) {
  const ScratchFolder folder;
  const auto make = [&](const char* frames) {
    WriteChanged(folder / "a.dcm", [&](DcmDataset& dataset) {
      dataset.putAndInsertString(DCM_SOPClassUID, UID_BreastTomosynthesisImageStorage);
      dataset.putAndInsertString(DCM_NumberOfFrames, frames);
    });
  };
  make("1");
  EXPECT_THAT(ReadMammogram(folder / "a.dcm").metadata.flags, Contains("synthesised_2d"));
  make("60");
  try {
    ReadMammogram(folder / "a.dcm");
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("tomosynthesis volume"));
  }
  const auto single = [&](const char* type, const char* series) {
    WriteChanged(folder / "c.dcm", [&](DcmDataset& dataset) {
      dataset.putAndInsertString(DCM_ImageType, type);
      dataset.putAndInsertString(DCM_SeriesDescription, series);
    });
    return ReadMammogram(folder / "c.dcm");
  };
  constexpr const char* kVolume = "DERIVED\\PRIMARY\\TOMOSYNTHESIS\\NONE";
  EXPECT_THROW(single(kVolume, "L CC"), Error);
  EXPECT_THAT(single(kVolume, "L CC C-View").metadata.flags, Contains("synthesised_2d"));
  WriteChanged(folder / "b.dcm", [&](DcmDataset& dataset) {
    dataset.putAndInsertString(DCM_ImageType, "DERIVED\\PRIMARY\\TOMO_2D");
  });
  EXPECT_THAT(ReadMammogram(folder / "b.dcm").metadata.flags, Contains("synthesised_2d"));
}

}  // namespace
}  // namespace mhcnn
