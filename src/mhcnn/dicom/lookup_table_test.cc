#include "mhcnn/dicom/lookup_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/displayed_values.h"

namespace mhcnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::Difference;
using testing_support::Linear;
using testing_support::ReadChanged;
using testing_support::Stored;
using testing_support::WithWindow;
using Words = std::vector<Uint16>;

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

TEST(VoiLut, RepeatsLastEntryOfShorterLut) {
  for (const std::size_t entries : {4095U, 2500U, 2048U, 1000U}) {
    for (const int bits : {12, 16}) {
      const Words table = Curve(entries, bits);
      const Mammogram read = ReadChanged(Lut({4096, 0, static_cast<Uint16>(bits)}, table));
      EXPECT_LE(Difference(read, Through(table, bits)), 1) << entries << ", " << bits << " bits";
      EXPECT_THAT(read.metadata.flags, ElementsAre("voi_lut_short"));
    }
  }
}

TEST(VoiLut, UsesAllEntriesOfLongerLut) {
  const Words table = Curve(4096, 12);
  const Mammogram read = ReadChanged(Lut({256, 0, 12}, table));
  EXPECT_LE(Difference(read, Through(table, 12)), 1);
  EXPECT_THAT(read.metadata.flags, ElementsAre("voi_lut_long"));
}

TEST(VoiLut, DataOfAnyVr) {
  const Words table = Curve(4096, 12);
  for (const DcmEVR vr : {EVR_OW, EVR_OB, EVR_UN, EVR_US}) {
    const Mammogram read = ReadChanged(Lut({4096, 0, 12}, table, vr));
    EXPECT_LE(Difference(read, Through(table, 12)), 1) << DcmVR(vr).getVRName();
    EXPECT_THAT(read.metadata.flags, IsEmpty());
  }
}

TEST(VoiLut, DistinguishesPackedBytesFromShortTable) {
  const Words entries = Curve(4096, 8);
  Words packed;
  for (std::size_t i = 0; i < entries.size(); i += 2) {
    packed.push_back(static_cast<Uint16>(entries[i] | entries[i + 1] << 8));
  }
  for (const Uint16 bits : {Uint16{8}, Uint16{16}}) {
    const Mammogram read = ReadChanged(Lut({4096, 0, bits}, packed));
    const int taken = bits;
    EXPECT_LE(Difference(read, Through(entries, taken)), 1) << bits;
    EXPECT_THAT(read.metadata.flags, IsEmpty());
  }
  const Words half = Curve(2048, 16);
  EXPECT_LE(Difference(ReadChanged(Lut({4096, 0, 16}, half)), Through(half, 16)), 1);
}

TEST(VoiLut, SkipsUnusableTable) {
  const Words table = Curve(4096, 12);
  const std::vector<std::pair<Words, Words>> unusable = {
      {{}, {}},        {{4096, 0, 12}, {}},          {{}, table},
      {{4096}, table}, {{4096, 0, 12}, Words(4096)}, {{4096, 60000, 12}, table}};
  for (std::size_t i = 0; i < unusable.size(); ++i) {
    const auto& [descriptor, data] = unusable[i];
    const Mammogram windowed = ReadChanged([&, d = descriptor, t = data](DcmDataset& dataset) {
      Lut(d, t)(dataset);
      WithWindow("2000", "3000")(dataset);
    });
    EXPECT_LE(Difference(windowed, Linear), 1) << i;
    EXPECT_THAT(windowed.metadata.flags, ElementsAre("voi_lut_unusable")) << i;
    const Mammogram second = ReadChanged([&, d = descriptor, t = data](DcmDataset& dataset) {
      Lut(d, t)(dataset);
      Lut({4096, 0, 12}, table)(dataset);
    });
    EXPECT_LE(Difference(second, Through(table, 12)), 1) << i;
    const Mammogram alone = ReadChanged(Lut(descriptor, data));
    EXPECT_EQ(Difference(alone, Stored), 0) << i;
    EXPECT_THAT(alone.metadata.flags, ElementsAre("voi_lut_unusable")) << i;
  }
}

TEST(ModalityLut, ShortAndEmpty) {
  const Words table = Curve(2500, 12);
  const Mammogram read = ReadChanged([&](DcmDataset& d) {
    DcmItem* item = nullptr;
    d.findOrCreateSequenceItem(DCM_ModalityLUTSequence, item, -2);
    PutWords(*item, DCM_LUTDescriptor, EVR_US, {4096, 0, 12});
    PutWords(*item, DCM_LUTData, EVR_OW, table);
  });
  EXPECT_EQ(Difference(read, [&](int x) { return table[std::min(x, 2499)]; }), 0);
  EXPECT_THAT(read.metadata.flags, ElementsAre("modality_lut_short"));
  const Mammogram empty = ReadChanged([](DcmDataset& d) {
    DcmItem* item = nullptr;
    d.findOrCreateSequenceItem(DCM_ModalityLUTSequence, item, -2);
  });
  EXPECT_EQ(Difference(empty, Stored), 0);
  EXPECT_THAT(empty.metadata.flags, ElementsAre("modality_lut_unusable"));
}

}  // namespace
}  // namespace mhcnn
