#include "mhcnn/dicom/unknown_vr.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "mhcnn/dicom/dcmtk.h"

namespace mhcnn {
namespace {

constexpr std::uint32_t kUndefined = 0xFFFFFFFF;
constexpr std::array<std::string_view, 21> kShortVrs = {"AE", "AS", "AT", "CS", "DA", "DS", "DT",
                                                        "FL", "FD", "IS", "LO", "LT", "PN", "SH",
                                                        "SL", "SS", "ST", "TM", "UI", "UL", "US"};
constexpr std::array<std::string_view, 13> kLongVrs = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                                       "SV", "UC", "UN", "UR", "UT", "UV"};

template <typename List>
bool IsAmong(const List& list, std::string_view vr) {
  return std::find(list.begin(), list.end(), vr) != list.end();
}

struct Element {
  std::size_t at = 0, value = 0;
  std::uint32_t tag = 0, length = 0;
  std::string_view vr;
};

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> file) : file_(file) {}

  std::uint32_t Number(std::size_t at, int bytes) const {
    std::uint32_t value = 0;
    for (int i = bytes; i-- > 0;) value = value << 8 | file_[at + static_cast<std::size_t>(i)];
    return value;
  }
  std::uint32_t Tag(std::size_t at) const { return Number(at, 2) << 16 | Number(at + 2, 2); }
  bool Has(std::size_t at, std::size_t bytes) const {
    return at <= file_.size() && bytes <= file_.size() - at;
  }
  std::string_view Vr(std::size_t at) const {
    return {reinterpret_cast<const char*>(file_.data()) + at + 4, 2};
  }
  std::string_view Text(const Element& element) const {
    return {reinterpret_cast<const char*>(file_.data()) + element.value, element.length};
  }

  /// The element as one with a length of 16 or 32 bits.
  std::optional<Element> As(std::size_t at, bool is_long) const {
    const std::size_t head = is_long ? 12 : 8;
    if (!Has(at, head)) return std::nullopt;
    Element element{at, at + head, Tag(at), 0, Vr(at)};
    element.length = is_long ? Number(at + 8, 4) : Number(at + 6, 2);
    const bool is_open = is_long && element.length == kUndefined;
    if (is_long && Number(at + 6, 2) != 0) return std::nullopt;
    if (!is_open && !Has(element.value, element.length)) return std::nullopt;
    return element;
  }

  /// Returns whether `at` is the end of the file, an item or the end of one, or an element of a
  /// known VR, at once or behind a few of unknown ones.
  bool IsStart(std::size_t at, int depth = 0) const {
    if (at == file_.size()) return true;
    if (!Has(at, 8)) return false;
    if (Tag(at) >> 16 == 0xFFFE) return true;
    if (IsAmong(kShortVrs, Vr(at)) || IsAmong(kLongVrs, Vr(at))) return true;
    constexpr int kMostInARow = 4;
    return depth < kMostInARow && Unknown(at, depth + 1).has_value();
  }

  /// An element of an unknown VR, by what follows it.
  std::optional<Element> Unknown(std::size_t at, int depth = 0) const {
    for (const bool is_long : {false, true}) {
      const auto element = As(at, is_long);
      if (!element) continue;
      const std::size_t next =
          element->length == kUndefined ? element->value : element->value + element->length;
      if (IsStart(next, depth)) return element;
    }
    return std::nullopt;
  }

 private:
  std::span<const std::uint8_t> file_;
};

/// The dictionary's VR where it has a length of as many bits, else one that holds anything.
std::string_view Replacement(const Element& element, bool is_long) {
  const DcmTag tag(static_cast<Uint16>(element.tag >> 16), static_cast<Uint16>(element.tag));
  const char* name = DcmVR(DcmVR(tag.getEVR()).getValidEVR()).getVRName();
  if (tag.getEVR() != EVR_UN) {
    if (is_long) {
      const auto found = std::find(kLongVrs.begin(), kLongVrs.end(), name);
      if (found != kLongVrs.end() && *found != "SQ") return *found;
    } else {
      const auto found = std::find(kShortVrs.begin(), kShortVrs.end(), name);
      if (found != kShortVrs.end()) return *found;
    }
  }
  return is_long ? "UN" : "LT";
}

bool IsExplicitLittleEndian(std::string_view uid) {
  while (!uid.empty() && (uid.back() == '\0' || uid.back() == ' ')) uid.remove_suffix(1);
  const DcmXfer syntax(std::string(uid).c_str());
  return syntax.isExplicitVR() && syntax.getByteOrder() == EBO_LittleEndian &&
         syntax.getStreamCompression() == ESC_none;
}

}  // namespace

std::vector<std::uint8_t> ReplaceUnknownVrs(std::span<const std::uint8_t> file) {
  constexpr std::uint32_t kTransferSyntax = 0x00020010, kPixelData = 0x7FE00010;
  const Reader reader(file);
  std::size_t at = file.size() >= 132 && std::memcmp(file.data() + 128, "DICM", 4) == 0 ? 132 : 0;
  std::vector<std::uint8_t> changed;
  int known = 0, unknown = 0;
  while (reader.Has(at, 8)) {
    const std::uint32_t tag = reader.Tag(at);
    if (tag >> 16 == 0xFFFE) {  // items are stepped into
      at += 8;
      continue;
    }
    if (tag == kPixelData) break;
    const std::string_view vr = reader.Vr(at);
    const bool is_known = IsAmong(kShortVrs, vr) || IsAmong(kLongVrs, vr);
    const auto element = is_known ? reader.As(at, IsAmong(kLongVrs, vr)) : reader.Unknown(at);
    if (!element) return {};
    if (tag >> 16 != 0x0002) ++(is_known ? known : unknown);
    if (tag == kTransferSyntax && !IsExplicitLittleEndian(reader.Text(*element))) return {};
    if (!is_known) {
      if (changed.empty()) changed.assign(file.begin(), file.end());
      const std::string_view name = Replacement(*element, element->value == at + 12);
      std::copy(name.begin(), name.end(), changed.begin() + static_cast<std::ptrdiff_t>(at) + 4);
    }
    const bool steps_in = vr == "SQ" || element->length == kUndefined;
    at = element->value + (steps_in ? 0 : element->length);
  }
  // A file of other coding than it says has hardly any VR that is known.
  if (unknown > known) return {};
  return changed;
}

}  // namespace mhcnn
