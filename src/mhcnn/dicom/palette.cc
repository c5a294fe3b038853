#include "mhcnn/dicom/palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/lookup_table.h"

namespace mhcnn {
namespace {

using Words = std::vector<std::uint16_t>;

struct Channel {
  DcmTagKey descriptor, data, segmented;
};

const std::array<Channel, 3>& Channels() {
  static const std::array<Channel, 3> kChannels = {
      {{DCM_RedPaletteColorLookupTableDescriptor, DCM_RedPaletteColorLookupTableData,
        DCM_SegmentedRedPaletteColorLookupTableData},
       {DCM_GreenPaletteColorLookupTableDescriptor, DCM_GreenPaletteColorLookupTableData,
        DCM_SegmentedGreenPaletteColorLookupTableData},
       {DCM_BluePaletteColorLookupTableDescriptor, DCM_BluePaletteColorLookupTableData,
        DCM_SegmentedBluePaletteColorLookupTableData}}};
  return kChannels;
}

[[noreturn]] void Corrupt() {
  throw Error(ErrorCode::kCorrupt, "has a colour palette that cannot be read");
}

/// Entries of a segmented palette of 16 bits (PS3.3 C.7.9.2): discrete, linear and indirect
/// segments.
Words ExpandSegments(const Words& segments) {
  constexpr std::size_t kMost = 65536;
  Words entries;
  const auto run = [&](std::size_t at, std::size_t segments_left, bool nested,
                       const auto& self) -> void {
    while (at + 1 < segments.size() && segments_left-- > 0) {
      const std::size_t kind = segments[at], length = segments[at + 1];
      at += 2;
      if (entries.size() + length > kMost) Corrupt();
      if (kind == 0) {
        if (at + length > segments.size()) Corrupt();
        entries.insert(entries.end(), segments.begin() + static_cast<std::ptrdiff_t>(at),
                       segments.begin() + static_cast<std::ptrdiff_t>(at + length));
        at += length;
      } else if (kind == 1) {
        if (at >= segments.size() || entries.empty()) Corrupt();
        const double from = entries.back();
        const double step =
            (segments[at] - from) / static_cast<double>(std::max<std::size_t>(length, 1));
        for (std::size_t i = 1; i <= length; ++i) {
          entries.push_back(
              static_cast<std::uint16_t>(std::lround(from + step * static_cast<double>(i))));
        }
        ++at;
      } else if (kind == 2 && !nested) {
        if (at + 1 >= segments.size()) Corrupt();
        // An offset in bytes from the start, low word first.
        const std::size_t offset = segments[at] | std::size_t{segments[at + 1]} << 16;
        self(offset / 2, length, true, self);
        at += 2;
      } else {
        Corrupt();
      }
    }
  };
  run(0, segments.size(), false, run);
  return entries;
}

LookupTable ReadChannel(DcmItem& dataset, const Channel& channel) {
  if (auto plain = ReadLookupTable(dataset, false, channel.descriptor, channel.data)) {
    return std::move(plain->table);
  }
  LookupTable table;
  table.values = ExpandSegments(ReadDicomWords(dataset, channel.segmented));
  const auto first = ReadDicomValue16(dataset, channel.descriptor, 1, false);
  if (table.values.empty() || !first) Corrupt();
  table.first = *first;
  return table;
}

std::uint16_t LookUpEntry(const LookupTable& table, int value) {
  const auto last = static_cast<int>(table.values.size()) - 1;
  return table.values[static_cast<std::size_t>(std::clamp(value - table.first, 0, last))];
}

}  // namespace

bool HasPalette(DcmItem& dataset) {
  return std::all_of(Channels().begin(), Channels().end(), [&](const Channel& channel) {
    return dataset.tagExists(channel.descriptor) &&
           (dataset.tagExists(channel.data) || dataset.tagExists(channel.segmented));
  });
}

void ApplyPalette(DcmItem& dataset, StoredPixels& stored) {
  std::array<LookupTable, 3> tables;
  for (std::size_t i = 0; i < tables.size(); ++i) tables[i] = ReadChannel(dataset, Channels()[i]);
  const int bits = std::max({tables[0].bits, tables[1].bits, tables[2].bits});
  const int allowed = (1 << bits) / 64;
  constexpr int kColour = -1;
  std::vector<int> greys(std::size_t{1} << stored.bits);
  for (std::size_t pattern = 0; pattern < greys.size(); ++pattern) {
    const int value = static_cast<int>(pattern);
    const int red = LookUpEntry(tables[0], value);
    const bool is_grey = std::abs(red - LookUpEntry(tables[1], value)) <= allowed &&
                         std::abs(red - LookUpEntry(tables[2], value)) <= allowed;
    greys[pattern] = is_grey ? red : kColour;
  }
  for (std::uint16_t& pattern : stored.patterns) {
    if (greys[pattern] == kColour) {
      throw Error(ErrorCode::kUnsupported, "is a colour picture", {},
                  "give the mammogram itself, in grey");
    }
    pattern = static_cast<std::uint16_t>(greys[pattern]);
  }
  stored.bits = bits;
  stored.is_signed = false;
}

}  // namespace mhcnn
