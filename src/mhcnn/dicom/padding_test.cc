// Padding and the range of the values where no window says what is dark.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::Disc;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;

/// The picture that a plain file of unsigned 12 bits holds: 0 where there is air.
GreyImage Plain() {
  GreyImage picture = Disc(40, 32, 12).pixels;
  for (auto& value : picture) {
    if (value < 400) value = 0;
  }
  return picture;
}

struct Storage {
  int bits = 16;
  bool is_signed = true;
  bool monochrome1 = false;
  std::optional<int> padding{};
  DcmEVR vr = EVR_SS;
};

/// Plain()'s values by `value`, its air as `air`.
Mammogram Read(const Storage& storage, int air, const std::function<int(int)>& value) {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", [&](DcmDataset& d) {
    std::vector<Uint16> words;
    for (const std::uint16_t x : Plain()) {
      words.push_back(static_cast<Uint16>(x == 0 ? air : value(x)));
    }
    d.putAndInsertUint16Array(DCM_PixelData, words.data(),
                              static_cast<unsigned long>(words.size()));
    d.putAndInsertUint16(DCM_BitsStored, static_cast<Uint16>(storage.bits));
    d.putAndInsertUint16(DCM_HighBit, static_cast<Uint16>(storage.bits - 1));
    d.putAndInsertUint16(DCM_PixelRepresentation, storage.is_signed ? 1 : 0);
    if (storage.monochrome1) {
      d.putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME1");
      d.putAndInsertString(DCM_PresentationLUTShape, "INVERSE");
    }
    if (!storage.padding) return;
    const DcmTag tag(DCM_PixelPaddingValue, DcmVR(storage.vr));
    if (storage.vr == EVR_SS) {
      d.putAndInsertSint16(tag, static_cast<Sint16>(*storage.padding));
    } else {
      d.putAndInsertUint16(tag, static_cast<Uint16>(*storage.padding));
    }
  });
  return ReadMammogram(folder / "a.dcm");
}

void ExpectPlain(const Mammogram& read, const std::string& what) {
  EXPECT_EQ(cv::norm(read.pixels, Plain(), cv::NORM_INF), 0) << what;
}

int Same(int x) { return x; }

TEST(Padding, PaddingIsDarkestSignedValue) {
  const Storage s16{.padding = -2000};
  ExpectPlain(Read(s16, -2000, Same), "values from 0");
  ExpectPlain(Read(s16, -2000, [](int x) { return x - 2000; }), "values from the padding");
  ExpectPlain(Read({.padding = -32768}, -32768, Same), "far padding");
  ExpectPlain(Read({.padding = -32768}, -32768, [](int x) { return x - 1000; }),
              "far padding, negative values");
  ExpectPlain(Read({.padding = 63536, .vr = EVR_US}, -2000, Same), "padding as US");
}

TEST(Padding, OutsideBitsStoredIsPaddingToo) {
  ExpectPlain(Read({.bits = 12, .is_signed = false, .padding = -2000}, -2000, Same), "below");
  ExpectPlain(Read({.bits = 12, .is_signed = false, .padding = 65535, .vr = EVR_US}, 65535, Same),
              "above");
}

TEST(Padding, OfNegativesInBitsStoredWithoutTheirSign) {
  // 2048 is -2048 in two's complement of 12 bits.
  const Storage s12{.bits = 12, .padding = 2048, .vr = EVR_US};
  ExpectPlain(Read(s12, -2048, [](int x) { return x - 2048; }), "pattern of 12 bits");
}

TEST(Padding, OfInvertedPicture) {
  const auto inverted = [](int x) { return 4095 - x; };
  for (const int padding : {-2000, 32767, -32768}) {
    ExpectPlain(Read({.monochrome1 = true, .padding = padding}, padding, inverted),
                std::to_string(padding));
  }
  for (const int padding : {5000, 65535}) {
    const Storage u16{.is_signed = false, .monochrome1 = true, .padding = padding, .vr = EVR_US};
    ExpectPlain(Read(u16, padding, inverted), "unsigned, " + std::to_string(padding));
  }
}

TEST(Padding, FarBelowUnsignedValues) {
  ExpectPlain(
      Read({.is_signed = false, .padding = 0, .vr = EVR_US}, 0, [](int x) { return x + 30000; }),
      "offset");
}

TEST(Padding, UndeclaredPaddingIsAssumedAndFlagged) {
  const Mammogram below = Read({}, -2000, Same);
  ExpectPlain(below, "below");
  EXPECT_THAT(below.metadata.flags, ElementsAre("padding_assumed"));
  const Mammogram above = Read({.is_signed = false}, 65535, Same);
  ExpectPlain(above, "above");
  EXPECT_THAT(above.metadata.flags, ElementsAre("padding_assumed"));
  EXPECT_THAT(Read({}, 0, Same).metadata.flags, IsEmpty());
  EXPECT_THAT(Read({.is_signed = false}, 0, Same).metadata.flags, IsEmpty());
}

}  // namespace
}  // namespace mhcnn
