#include "mhcnn/dicom/palette.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing::HasSubstr;
using testing_support::Disc;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;

GreyImage Grey() { return Disc(40, 32, 8).pixels; }

std::string Refusal(const std::filesystem::path& path) {
  try {
    ReadMammogram(path);
    return "";
  } catch (const Error& e) {
    return e.problem();
  }
}

using Words = std::vector<Uint16>;

/// An 8-bit picture with a palette of three tables.
void WritePalette(const std::filesystem::path& path, const Words& descriptor, const Words& red,
                  const Words& others, bool segmented = false) {
  WriteChanged(path, [&](DcmDataset& d) {
    std::vector<Uint8> bytes;
    for (const std::uint16_t value : Grey()) bytes.push_back(static_cast<Uint8>(value));
    d.putAndInsertUint8Array(DCM_PixelData, bytes.data(), static_cast<unsigned long>(bytes.size()));
    d.putAndInsertUint16(DCM_BitsAllocated, 8);
    d.putAndInsertUint16(DCM_BitsStored, 8);
    d.putAndInsertUint16(DCM_HighBit, 7);
    d.putAndInsertString(DCM_PhotometricInterpretation, "PALETTE COLOR");
    d.findAndDeleteElement(DCM_PresentationLUTShape);
    for (Uint16 channel = 0; channel < 3; ++channel) {
      const Words& words = channel == 0 ? red : others;
      const DcmTag stated(0x0028, static_cast<Uint16>(0x1101 + channel), EVR_US);
      d.putAndInsertUint16Array(stated, descriptor.data(), 3);
      const Uint16 element = segmented ? 0x1221 : 0x1201;
      const DcmTag data(0x0028, static_cast<Uint16>(element + channel), EVR_OW);
      d.putAndInsertUint16Array(data, words.data(), static_cast<unsigned long>(words.size()));
    }
  });
}

TEST(Palette, OfGreyIsReadAndOfColourRefused) {
  const ScratchFolder folder;
  Words ramp, other;
  for (Uint16 i = 0; i < 256; ++i) {
    ramp.push_back(static_cast<Uint16>(i * 257));
    other.push_back(static_cast<Uint16>((255 - i) * 257));
  }
  GreyImage expected = Grey();
  expected *= 257;
  WritePalette(folder / "a.dcm", {256, 0, 16}, ramp, ramp);
  EXPECT_EQ(cv::norm(ReadMammogram(folder / "a.dcm").pixels, expected, cv::NORM_INF), 0);
  // A discrete segment of one entry, then a linear one of 255 (PS3.3 C.7.9.2).
  const Words segments = {0, 1, 0, 1, 255, 65535};
  WritePalette(folder / "a.dcm", {256, 0, 16}, segments, segments, true);
  EXPECT_EQ(cv::norm(ReadMammogram(folder / "a.dcm").pixels, expected, cv::NORM_INF), 0);
  WritePalette(folder / "a.dcm", {256, 0, 16}, ramp, other);
  EXPECT_THAT(Refusal(folder / "a.dcm"), HasSubstr("is a colour picture"));
  WritePalette(folder / "a.dcm", {256, 0, 16}, {0, 9, 1}, {0, 9, 1}, true);
  EXPECT_THAT(Refusal(folder / "a.dcm"), HasSubstr("palette"));
}

}  // namespace
}  // namespace mhcnn
