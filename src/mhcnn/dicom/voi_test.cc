// VOI LUTs and windows that are short, cannot be used, or are written in an unusual way.
#include "mhcnn/dicom/voi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::Disc;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;
using Words = std::vector<Uint16>;

Mammogram Read(const std::function<void(DcmDataset&)>& change, const std::string& window = "") {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", change);
  return ReadMammogram(folder / "a.dcm", {.window = window});
}

/// The picture with each stored value replaced.
GreyImage Mapped(const std::function<double(int)>& grey) {
  GreyImage picture = Disc(40, 32, 12).pixels;
  for (auto& value : picture) value = static_cast<std::uint16_t>(std::lround(grey(value)));
  return picture;
}

double Difference(const Mammogram& read, const std::function<double(int)>& grey) {
  return cv::norm(read.pixels, Mapped(grey), cv::NORM_INF);
}

double Clamped(double fraction) { return 65535 * std::min(1.0, std::max(0.0, fraction)); }
/// PS3.3 C.11.2.1.2.1.
double Linear(int x) { return Clamped((x - 1999.5) / 2999 + 0.5); }
double Exact(int x) { return Clamped((x - 2000) / 3000.0 + 0.5); }
double Sigmoid(int x) { return 65535 / (1 + std::exp(-4 * (x - 2000) / 3000.0)); }
double Stored(int x) { return x; }

// ---- windows

std::function<void(DcmDataset&)> Window(const char* center, const char* width,
                                        const char* function = nullptr) {
  return [=](DcmDataset& d) {
    if (center != nullptr) d.putAndInsertString(DCM_WindowCenter, center);
    if (width != nullptr) d.putAndInsertString(DCM_WindowWidth, width);
    if (function != nullptr) d.putAndInsertString(DCM_VOILUTFunction, function);
  };
}

TEST(WindowText, IsUsedWhereItCanBe) {
  const std::vector<std::pair<const char*, const char*>> texts = {
      {"2000", "3000"},      {"\\2000", "\\3000"},    {"\\2000", "3000"},     {"2000\\", "3000\\"},
      {"2000,0", "3000,00"}, {"2.0e3", "+3000"},      {"2000\\1500", "3000"}, {" 2000 ", " 3000 "},
      {"[2000]", "[3000]"},  {"2000\\5", "3000\\-5"},
  };
  for (const auto& [center, width] : texts) {
    const Mammogram read = Read(Window(center, width));
    EXPECT_LE(Difference(read, Linear), 1) << center << " / " << width;
    EXPECT_THAT(read.facts.flags, IsEmpty()) << center << " / " << width;
  }
}

TEST(WindowText, IsFlaggedWhereItIsPassedOver) {
  for (const auto& [center, width] : {std::pair{"NaN\\2000", "NaN\\3000"},
                                      {"abc\\2000", "3000\\3000"},
                                      {"2000\\2000", "-5\\3000"},
                                      {"60000\\2000", "10\\3000"}}) {
    const Mammogram read = Read(Window(center, width));
    EXPECT_LE(Difference(read, Linear), 1) << center;
    EXPECT_THAT(read.facts.flags, ElementsAre("window_invalid")) << center;
  }
}

TEST(WindowText, WithoutAnyUsableWindowTheStoredValuesAreShown) {
  for (const auto& [center, width] : {std::pair{"NaN", "NaN"},
                                      {"inf", "3000"},
                                      {"2000", "0"},
                                      {"2000", "-3000"},
                                      {"AUTO", "AUTO"},
                                      {"1e999", "3000"},
                                      {"2000abc", "3000"},
                                      {"60000", "100"}}) {
    const Mammogram read = Read(Window(center, width));
    EXPECT_EQ(Difference(read, Stored), 0) << center;
    EXPECT_THAT(read.facts.flags, ElementsAre("window_invalid")) << center;
  }
  EXPECT_THAT(Read(Window("2000", nullptr)).facts.flags, ElementsAre("window_invalid"));
  EXPECT_THAT(Read(Window(nullptr, "3000")).facts.flags, ElementsAre("window_invalid"));
  EXPECT_THAT(Read(Window("", "")).facts.flags, IsEmpty());
}

TEST(WindowFunction, InAnyCaseAndPunctuation) {
  for (const char* name : {"SIGMOID", "Sigmoid", "sigmoid"}) {
    const Mammogram read = Read(Window("2000", "3000", name));
    EXPECT_LE(Difference(read, Sigmoid), 1) << name;
    EXPECT_THAT(read.facts.flags, IsEmpty());
  }
  for (const char* name : {"LINEAR_EXACT", "Linear_Exact", "linear exact", "LINEAR-EXACT"}) {
    EXPECT_LE(Difference(Read(Window("2000", "3000", name)), Exact), 1) << name;
  }
  const Mammogram unknown = Read(Window("2000", "3000", "GAMMA"));
  EXPECT_LE(Difference(unknown, Linear), 1);
  EXPECT_THAT(unknown.facts.flags, ElementsAre("window_invalid"));
}

// ---- look-up tables

DcmItem& AddLut(DcmDataset& d) {
  DcmItem* item = nullptr;
  d.findOrCreateSequenceItem(DCM_VOILUTSequence, item, -2);
  return *item;
}

void PutWords(DcmItem& item, const DcmTagKey& key, DcmEVR vr, const Words& words) {
  DcmTag tag(key, DcmVR(vr));
  if (vr == EVR_OB || vr == EVR_UN) {
    std::vector<Uint8> bytes;
    for (const Uint16 word : words) {
      bytes.push_back(static_cast<Uint8>(word & 0xFF));
      bytes.push_back(static_cast<Uint8>(word >> 8));
    }
    auto* element = new DcmOtherByteOtherWord(tag);
    element->putUint8Array(bytes.data(), static_cast<unsigned long>(bytes.size()));
    item.insert(element, OFTrue);
  } else {
    item.putAndInsertUint16Array(tag, words.data(), static_cast<unsigned long>(words.size()));
  }
}

std::function<void(DcmDataset&)> Lut(const Words& descriptor, const Words& data,
                                     DcmEVR vr = EVR_OW) {
  return [=](DcmDataset& d) {
    DcmItem& item = AddLut(d);
    if (!descriptor.empty()) PutWords(item, DCM_LUTDescriptor, EVR_US, descriptor);
    if (!data.empty()) PutWords(item, DCM_LUTData, vr, data);
  };
}

/// A root curve of so many entries.
Words Curve(std::size_t entries, int bits) {
  Words words;
  for (std::size_t i = 0; i < entries; ++i) {
    words.push_back(
        static_cast<Uint16>(std::sqrt(static_cast<double>(i) / 4095) * ((1 << bits) - 1)));
  }
  return words;
}

/// What the table gives, its last entry held.
std::function<double(int)> Through(const Words& table, int bits) {
  return [=](int x) {
    const auto at = std::min(static_cast<std::size_t>(x), table.size() - 1);
    return std::round(table[at] * 65535.0 / ((1 << bits) - 1));
  };
}

TEST(VoiLut, ShorterThanStatedHoldsItsLastEntry) {
  for (const std::size_t entries : {4095U, 2500U, 2048U, 1000U}) {
    for (const int bits : {12, 16}) {
      const Words table = Curve(entries, bits);
      const Mammogram read = Read(Lut({4096, 0, static_cast<Uint16>(bits)}, table));
      EXPECT_LE(Difference(read, Through(table, bits)), 1) << entries << ", " << bits << " bits";
      EXPECT_THAT(read.facts.flags, ElementsAre("voi_lut_short"));
    }
  }
}

TEST(VoiLut, LongerThanStatedIsTakenWhole) {
  const Words table = Curve(4096, 12);
  const Mammogram read = Read(Lut({256, 0, 12}, table));
  EXPECT_LE(Difference(read, Through(table, 12)), 1);
  EXPECT_THAT(read.facts.flags, ElementsAre("voi_lut_long"));
}

TEST(VoiLut, DataOfAnyVr) {
  const Words table = Curve(4096, 12);
  for (const DcmEVR vr : {EVR_OW, EVR_OB, EVR_UN, EVR_US}) {
    const Mammogram read = Read(Lut({4096, 0, 12}, table, vr));
    EXPECT_LE(Difference(read, Through(table, 12)), 1) << DcmVR(vr).getVRName();
    EXPECT_THAT(read.facts.flags, IsEmpty());
  }
}

TEST(VoiLut, PackedBytesAreToldFromHalfATable) {
  const Words entries = Curve(4096, 8);
  Words packed;
  for (std::size_t i = 0; i < entries.size(); i += 2) {
    packed.push_back(static_cast<Uint16>(entries[i] | entries[i + 1] << 8));
  }
  for (const Uint16 bits : {Uint16{8}, Uint16{16}}) {
    const Mammogram read = Read(Lut({4096, 0, bits}, packed));
    const int taken = bits;
    EXPECT_LE(Difference(read, Through(entries, taken)), 1) << bits;
    EXPECT_THAT(read.facts.flags, IsEmpty());
  }
  const Words half = Curve(2048, 16);
  EXPECT_LE(Difference(Read(Lut({4096, 0, 16}, half)), Through(half, 16)), 1);
}

TEST(VoiLut, UnusableIsPassedOver) {
  const Words table = Curve(4096, 12);
  const std::vector<std::pair<Words, Words>> unusable = {
      {{}, {}},        {{4096, 0, 12}, {}},          {{}, table},
      {{4096}, table}, {{4096, 0, 12}, Words(4096)}, {{4096, 60000, 12}, table}};
  for (std::size_t i = 0; i < unusable.size(); ++i) {
    const auto& [descriptor, data] = unusable[i];
    const Mammogram windowed = Read([&, d = descriptor, t = data](DcmDataset& dataset) {
      Lut(d, t)(dataset);
      Window("2000", "3000")(dataset);
    });
    EXPECT_LE(Difference(windowed, Linear), 1) << i;
    EXPECT_THAT(windowed.facts.flags, ElementsAre("voi_lut_unusable")) << i;
    const Mammogram second = Read([&, d = descriptor, t = data](DcmDataset& dataset) {
      Lut(d, t)(dataset);
      Lut({4096, 0, 12}, table)(dataset);
    });
    EXPECT_LE(Difference(second, Through(table, 12)), 1) << i;
    const Mammogram alone = Read(Lut(descriptor, data));
    EXPECT_EQ(Difference(alone, Stored), 0) << i;
    EXPECT_THAT(alone.facts.flags, ElementsAre("voi_lut_unusable")) << i;
  }
}

TEST(ModalityLut, ShortAndEmpty) {
  const Words table = Curve(2500, 12);
  const Mammogram read = Read([&](DcmDataset& d) {
    DcmItem* item = nullptr;
    d.findOrCreateSequenceItem(DCM_ModalityLUTSequence, item, -2);
    PutWords(*item, DCM_LUTDescriptor, EVR_US, {4096, 0, 12});
    PutWords(*item, DCM_LUTData, EVR_OW, table);
  });
  EXPECT_EQ(Difference(read, [&](int x) { return table[std::min(x, 2499)]; }), 0);
  EXPECT_THAT(read.facts.flags, ElementsAre("modality_lut_short"));
  const Mammogram empty = Read([](DcmDataset& d) {
    DcmItem* item = nullptr;
    d.findOrCreateSequenceItem(DCM_ModalityLUTSequence, item, -2);
  });
  EXPECT_EQ(Difference(empty, Stored), 0);
  EXPECT_THAT(empty.facts.flags, ElementsAre("modality_lut_unusable"));
}

}  // namespace
}  // namespace mhcnn
