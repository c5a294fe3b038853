#include "mhcnn/image/nifti_file.h"

#include <gtest/gtest.h>
#include <nifti/nifti2_io.h>

#include <memory>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

/// A file read by the library that defines the format.
std::unique_ptr<nifti_image, void (*)(nifti_image*)> Read(const std::vector<std::uint8_t>& bytes) {
  const testing_support::ScratchFolder scratch;
  const auto path = scratch.path() / "labels.nii.gz";
  WriteFileAtomically(path, bytes);
  return {nifti_image_read(path.c_str(), 1), nifti_image_free};
}

cv::Mat1b Labels(cv::Size size) {
  cv::Mat1b labels(size);
  const uchar values[] = {0, 85, 170, 255};
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) labels(y, x) = values[(x * 7 + y * 3) % 4];
  return labels;
}

TEST(NiftiFile, NiftiLibraryReadsLabelsInPlace) {
  const cv::Mat1b labels = Labels({37, 53});
  const auto volume = Read(EncodeNifti(labels, cv::Size2d(0.07, 0.085)));
  ASSERT_NE(volume, nullptr);
  ASSERT_EQ(volume->nx, 37);
  ASSERT_EQ(volume->ny, 53);
  EXPECT_EQ(volume->nz, 1);
  EXPECT_EQ(volume->datatype, DT_UINT8);
  EXPECT_EQ(volume->intent_code, NIFTI_INTENT_LABEL);
  const auto* data = static_cast<const std::uint8_t*>(volume->data);
  for (int y = 0; y < 53; ++y)
    for (int x = 0; x < 37; ++x) ASSERT_EQ(data[y * 37 + x], labels(y, x) / 85);
}

TEST(NiftiFile, HasSpacingAndTheSameOrientationInBothForms) {
  const auto volume = Read(EncodeNifti(Labels({8, 6}), cv::Size2d(0.07, 0.085)));
  EXPECT_EQ(volume->xyz_units, NIFTI_UNITS_MM);
  for (const nifti_dmat44& matrix : {volume->sto_xyz, volume->qto_xyz}) {
    EXPECT_NEAR(matrix.m[0][0], -0.07, 1e-6);
    EXPECT_NEAR(matrix.m[1][1], -0.085, 1e-6);
    EXPECT_NEAR(matrix.m[2][2], 1, 1e-6);
    for (int r = 0; r < 3; ++r) {
      for (int c = 0; c < 4; ++c) {
        EXPECT_NEAR(r == c ? 0 : matrix.m[r][c], 0, 1e-6);
      }
    }
  }
  const auto plain = Read(EncodeNifti(Labels({8, 6}), std::nullopt));
  EXPECT_EQ(plain->xyz_units, NIFTI_UNITS_UNKNOWN);
  EXPECT_DOUBLE_EQ(plain->dx, 1);
}

TEST(NiftiFile, RefusesWhatTheFormatCannotHold) {
  EXPECT_THROW(EncodeNifti(cv::Mat1b::zeros(2, 40000), std::nullopt), Error);
  EXPECT_THROW(EncodeNifti({}, std::nullopt), Error);
}

}  // namespace
}  // namespace mhcnn
