// A real mammogram (DDSM, digitised film, JPEG 2000) against what pydicom decodes of it.
#include <gtest/gtest.h>

#include <filesystem>

#include "mhcnn/dicom/decode.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/real_data.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

using testing_support::NoRealData;

fs::path RealFile() { return testing_support::RealData("dicom/MG1_J2KI.dcm"); }

TEST(RealFile, StoredValuesEqualPydicoms) {
  if (!fs::exists(RealFile())) GTEST_SKIP() << NoRealData(RealFile());
  const auto file = LoadDicom(RealFile());
  const StoredPixels stored = DecodePixels(*file->getDataset());
  ASSERT_EQ(stored.patterns.size(), cv::Size(3064, 4664));
  EXPECT_EQ(stored.bits, 12);
  // Polynomial hash (base 31, modulo 2^32) of pydicom 3.0.2's pixel_array (pylibjpeg-openjpeg).
  std::uint32_t hash = 0;
  for (const std::uint16_t value : stored.patterns) hash = hash * 31 + value;
  EXPECT_EQ(hash, 2610995179U);
}

TEST(RealFile, ReadsAsDigitisedFilm) {
  if (!fs::exists(RealFile())) GTEST_SKIP() << NoRealData(RealFile());
  const Mammogram read = ReadMammogram(RealFile());
  EXPECT_EQ(read.metadata.laterality, Laterality::kLeft);
  EXPECT_EQ(read.metadata.view, View::kMLO);
  EXPECT_FALSE(read.metadata.row_spacing_mm.has_value());
  EXPECT_EQ(read.metadata.flags,
            (std::vector<std::string>{"modality_not_mg", "secondary_capture", "lossy_compressed"}));
}

}  // namespace
}  // namespace mhcnn
