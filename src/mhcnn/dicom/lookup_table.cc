#include "mhcnn/dicom/lookup_table.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace mhcnn {
namespace {

using Words = std::vector<std::uint16_t>;

constexpr std::size_t kMaxEntries = 65536;

Words Bytes(const Words& words) {
  Words bytes;
  bytes.reserve(words.size() * 2);
  for (const std::uint16_t word : words) {
    bytes.push_back(word & 0xFF);
    bytes.push_back(word >> 8);
  }
  return bytes;
}

/// Returns whether the table runs up or down without jumps; one that turns a few times passes.
bool IsSmooth(const Words& entries) {
  constexpr double kTurns = 4;
  double way = 0;
  for (std::size_t i = 1; i < entries.size(); ++i) way += std::abs(entries[i] - entries[i - 1]);
  const auto [low, high] = std::minmax_element(entries.begin(), entries.end());
  return way <= kTurns * (*high - *low);
}

/// Returns whether entries of 8 bits are two in a word, the first in the low byte. The descriptor's
/// bits do not show it: half a table of 16 bits has as many bytes. Its low bytes jump, though.
bool IsPacked(const Words& words, std::size_t stated, int bits) {
  if (words.size() >= stated) return false;
  const Words bytes = Bytes(words);
  const bool has_all = bytes.size() == stated || bytes.size() == stated + 1;
  if (!has_all && bits > 8) return false;
  const bool words_have_8 =
      std::all_of(words.begin(), words.end(), [](std::uint16_t word) { return word <= 0xFF; });
  if (words_have_8) return false;
  return bits <= 8 || IsSmooth(bytes);
}

}  // namespace

Words ReadDicomWords(DcmItem& item, const DcmTagKey& key) {
  DcmElement* element = nullptr;
  if (item.findAndGetElement(key, element).bad() || element == nullptr) return {};
  const std::size_t length = element->getLength();
  Uint16* words = nullptr;
  if (element->getUint16Array(words).good() && words != nullptr) {
    return {words, words + length / 2};
  }
  Sint16* numbers = nullptr;
  if (element->getSint16Array(numbers).good() && numbers != nullptr) {
    return {numbers, numbers + length / 2};
  }
  Uint8* bytes = nullptr;
  if (element->getUint8Array(bytes).bad() || bytes == nullptr) return {};
  Words joined(length / 2);
  for (std::size_t i = 0; i < joined.size(); ++i) {
    joined[i] = static_cast<std::uint16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
  }
  return joined;
}

std::optional<int> ReadDicomValue16(DcmItem& item, const DcmTagKey& key, unsigned long index,
                                    bool is_signed) {
  std::uint16_t bits = 0;
  if (const Words words = ReadDicomWords(item, key); index < words.size()) {
    bits = words[index];
  } else if (const auto number = DicomNumber(item, key, index);  // written as text
             number && std::abs(*number) < 65536) {
    bits = static_cast<std::uint16_t>(static_cast<int>(*number));
  } else {
    return std::nullopt;
  }
  return is_signed ? static_cast<std::int16_t>(bits) : int{bits};
}

std::optional<StoredTable> ReadLookupTable(DcmItem& item, bool is_signed,
                                           const DcmTagKey& descriptor, const DcmTagKey& data) {
  const auto count = ReadDicomValue16(item, descriptor, 0, false);
  const auto first = ReadDicomValue16(item, descriptor, 1, is_signed);
  if (!count || !first) return std::nullopt;
  const int bits = ReadDicomValue16(item, descriptor, 2, false).value_or(16);
  const std::size_t stated = *count == 0 ? kMaxEntries : static_cast<std::size_t>(*count);
  StoredTable stored;
  Words& entries = stored.table.values;
  entries = ReadDicomWords(item, data);
  if (entries.empty()) return std::nullopt;
  if (IsPacked(entries, stated, bits)) {
    entries = Bytes(entries);
    if (entries.size() == stated + 1) entries.pop_back();  // to an even length
  }
  if (entries.size() > kMaxEntries) entries.resize(kMaxEntries);
  if (entries.size() < stated) stored.length = TableLength::kShort;
  if (entries.size() > stated) stored.length = TableLength::kLong;
  stored.table.first = *first;
  // Some writers state fewer bits than the entries have: the entries are believed.
  const int largest = *std::max_element(entries.begin(), entries.end());
  stored.table.bits = std::clamp(bits, 1, 16);
  while (stored.table.bits < 16 && largest >> stored.table.bits != 0) ++stored.table.bits;
  return stored;
}

}  // namespace mhcnn
