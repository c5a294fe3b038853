#include "mhcnn/dicom/grey_channels.h"

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
using testing::IsEmpty;
using testing_support::Disc;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;

GreyImage Grey() { return Disc(40, 32, 8).pixels; }

struct Layout {
  const char* photometric;
  bool neutral_chroma;  ///< else three equal channels
  bool planar = false;
  bool halved = false;
  int tint = 0;  ///< added to the second channel of one pixel
};

void WriteColour(const std::filesystem::path& path, const Layout& layout) {
  WriteChanged(path, [&](DcmDataset& d) {
    std::vector<Uint8> bytes;
    const GreyImage grey = Grey();
    const auto other = [&](std::size_t i) {
      const int value = layout.neutral_chroma ? 128 : *(grey.begin() + static_cast<long>(i));
      return static_cast<Uint8>(value + (i == 500 ? layout.tint : 0));
    };
    const std::size_t count = grey.total();
    if (layout.halved) {
      for (std::size_t i = 0; i < count; i += 2) {
        const auto at = grey.begin() + static_cast<long>(i);
        for (const int value : {int{*at}, int{*(at + 1)}, int{other(i)}, 128}) {
          bytes.push_back(static_cast<Uint8>(value));
        }
      }
    } else if (layout.planar) {
      for (const std::uint16_t value : grey) bytes.push_back(static_cast<Uint8>(value));
      for (int channel = 0; channel < 2; ++channel) {
        for (std::size_t i = 0; i < count; ++i) bytes.push_back(other(i));
      }
    } else {
      for (std::size_t i = 0; i < count; ++i) {
        bytes.push_back(static_cast<Uint8>(*(grey.begin() + static_cast<long>(i))));
        bytes.push_back(other(i));
        bytes.push_back(other(i));
      }
    }
    d.putAndInsertUint8Array(DCM_PixelData, bytes.data(), static_cast<unsigned long>(bytes.size()));
    d.putAndInsertUint16(DCM_SamplesPerPixel, 3);
    d.putAndInsertUint16(DCM_PlanarConfiguration, layout.planar ? 1 : 0);
    d.putAndInsertUint16(DCM_BitsAllocated, 8);
    d.putAndInsertUint16(DCM_BitsStored, 8);
    d.putAndInsertUint16(DCM_HighBit, 7);
    d.putAndInsertString(DCM_PhotometricInterpretation, layout.photometric);
    d.findAndDeleteElement(DCM_PresentationLUTShape);
  });
}

TEST(Colour, ReadsGreyUnderAnyLabel) {
  const ScratchFolder folder;
  for (const char* name : {"RGB", "YBR_FULL", "MONOCHROME2", "rgb"}) {
    for (const bool neutral : {false, true}) {
      for (const bool planar : {false, true}) {
        WriteColour(folder / "a.dcm", {name, neutral, planar});
        const Mammogram read = ReadMammogram(folder / "a.dcm");
        EXPECT_EQ(cv::norm(read.pixels, Grey(), cv::NORM_INF), 0) << name << neutral << planar;
        EXPECT_THAT(read.metadata.flags, IsEmpty());
      }
    }
  }
  for (const bool halved : {false, true}) {
    WriteColour(folder / "a.dcm", {"YBR_FULL_422", true, false, halved});
    EXPECT_EQ(cv::norm(ReadMammogram(folder / "a.dcm").pixels, Grey(), cv::NORM_INF), 0);
  }
}

std::string Refusal(const std::filesystem::path& path) {
  try {
    ReadMammogram(path);
    return "";
  } catch (const Error& e) {
    return e.problem();
  }
}

TEST(Colour, ColourIsRefused) {
  const ScratchFolder folder;
  for (const bool neutral : {false, true}) {
    for (const bool planar : {false, true}) {
      WriteColour(folder / "a.dcm", {neutral ? "YBR_FULL" : "RGB", neutral, planar, false, 60});
      EXPECT_THAT(Refusal(folder / "a.dcm"), HasSubstr("is a colour picture"));
    }
  }
  WriteColour(folder / "a.dcm", {"YBR_FULL_422", true, false, true, 60});
  EXPECT_THAT(Refusal(folder / "a.dcm"), HasSubstr("is a colour picture"));
}

TEST(Colour, ChromaOfFewerPixels) {
  const cv::Mat1w luminance = Grey();
  const cv::Mat1w neutral(20, 16, std::uint16_t{128}), blue(20, 16, std::uint16_t{180});
  EXPECT_EQ(cv::norm(MergeGreyChannels({luminance, neutral, neutral}, 8), luminance, cv::NORM_INF),
            0);
  EXPECT_THROW(MergeGreyChannels({luminance, blue, neutral}, 8), Error);
}

}  // namespace
}  // namespace mhcnn
