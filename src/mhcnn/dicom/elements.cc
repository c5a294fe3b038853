#include "mhcnn/dicom/elements.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <string>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

constexpr std::size_t kOpen = SIZE_MAX;  // end of a sequence or item of undefined length
constexpr std::uint32_t kUndefined = 0xFFFFFFFF;
constexpr std::uint32_t kItem = 0xFFFEE000, kSequenceEnd = 0xFFFEE0DD, kPixelData = 0x7FE00010;

class Walker {
 public:
  Walker(std::span<const std::uint8_t> data, const ElementCoding& coding)
      : data_(data), explicit_(coding.explicit_vr), big_(coding.big_endian) {}

  ElementLayout Walk() {
    bool understood = true;
    while (understood && at_ < data_.size()) {
      Close();
      if (AtTop()) layout_.end = at_;
      if (at_ + 8 > data_.size()) break;
      understood = Tag(at_) >> 16 == 0xFFFE ? StepDelimiter() : StepElement();
    }
    Close();
    if (understood && AtTop()) layout_.end = std::min(at_, data_.size());
    layout_.whole = understood && at_ >= data_.size();
    layout_.stopped = std::min(at_, data_.size());
    return std::move(layout_);
  }

 private:
  struct Level {
    std::size_t end;
    bool is_item;
  };

  std::uint32_t Number(std::size_t at, int bytes) const {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) {
      const int shift = 8 * (big_ ? bytes - 1 - i : i);
      value |= std::uint32_t{data_[at + static_cast<std::size_t>(i)]} << shift;
    }
    return value;
  }
  std::uint32_t Tag(std::size_t at) const { return Number(at, 2) << 16 | Number(at + 2, 2); }
  bool AtTop() const { return levels_.empty(); }
  std::size_t Left() const { return data_.size() - at_; }

  /// Leaves what ended here; what is open within it ended with it.
  void Close() {
    const auto ended = std::find_if(levels_.begin(), levels_.end(),
                                    [&](const Level& level) { return level.end <= at_; });
    levels_.erase(ended, levels_.end());
  }

  void Push(std::uint32_t length, bool is_item) {
    levels_.push_back({length == kUndefined ? kOpen : at_ + length, is_item});
    // A sequence and its item are one level of two entries.
    if (levels_.size() > 2 * kMaxDicomDepth) {
      throw Error(ErrorCode::kLimit,
                  "nests its sequences deeper than " + std::to_string(kMaxDicomDepth) + " levels");
    }
  }

  void CountItem() {
    if (++items_ > kMaxDicomItems) {
      throw Error(ErrorCode::kLimit, "contains more than " + std::to_string(kMaxDicomItems) +
                                         " sequence items or fragments");
    }
  }

  bool StepDelimiter() {
    if (AtTop() && layout_.pixels) return false;
    const std::uint32_t tag = Tag(at_), length = Number(at_ + 4, 4);
    at_ += 8;
    if (tag == kItem) {
      CountItem();
      Push(length, true);
    } else {
      // The end of a sequence is that of its last item, too, where that has none.
      if (tag == kSequenceEnd && levels_.size() > 1 && levels_.back().is_item) levels_.pop_back();
      if (!levels_.empty()) levels_.pop_back();
    }
    return true;
  }

  /// VR and length of the element at `at_`, which then moves to its value; false where they make no
  /// sense.
  struct Head {
    std::array<char, 2> vr{};
    std::uint32_t length = 0;
    bool may_be_open = true;
  };
  bool ReadHead(Head& head) {
    // Inside an UN of undefined length the elements are implicit (PS3.5 6.2.2): a VR that is no VR
    // tells.
    const bool has_vr = explicit_ && std::isupper(data_[at_ + 4]) && std::isupper(data_[at_ + 5]);
    if (!has_vr) {
      if (explicit_ && AtTop()) ++layout_.without_vr;
      head.length = Number(at_ + 4, 4);
      at_ += 8;
      return true;
    }
    head.vr = {static_cast<char>(data_[at_ + 4]), static_cast<char>(data_[at_ + 5])};
    static constexpr std::array kLong = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                         "SV", "UC", "UN", "UR", "UT", "UV"};
    const bool is_long = std::any_of(kLong.begin(), kLong.end(), [&](const char* name) {
      return std::memcmp(name, head.vr.data(), 2) == 0;
    });
    if (is_long) {
      if (at_ + 12 > data_.size()) return false;
      head.length = Number(at_ + 8, 4);
      at_ += 12;
    } else {
      head.length = Number(at_ + 6, 2);
      at_ += 8;
      head.may_be_open = false;
    }
    return true;
  }

  /// Steps over an element. Returns false where it makes no sense.
  bool StepElement() {
    const std::size_t tag_at = at_;
    const std::uint32_t tag = Tag(at_);
    const bool top = AtTop();
    if (top && tag <= last_tag_) {
      if (layout_.pixels) return false;
      layout_.ordered = false;
    }
    Head head;
    if (!ReadHead(head)) return false;
    if (top) {
      last_tag_ = tag;
      if (!layout_.pixels && layout_.starts.size() < kMaxElementStarts) {
        layout_.starts.push_back(tag_at);
      }
    }
    if (top && tag == kPixelData && !layout_.pixels) return StepPixels(tag_at, head);
    if (tag == kPixelData && head.length == kUndefined) {
      PixelElement icon;
      return StepItems(icon) && !icon.cut;
    }
    if (head.length == kUndefined) {
      if (!head.may_be_open) return false;
      Push(head.length, false);
      return true;
    }
    if (head.length > Left()) return false;
    if (top) ReadClaim(tag, head.length);
    // A sequence of defined length, whatever its VR claims, begins with an item.
    if (tag != kPixelData && head.length >= 8 && Tag(at_) == kItem) {
      Push(head.length, false);
    } else {
      at_ += head.length;
    }
    return true;
  }

  void ReadClaim(std::uint32_t tag, std::uint32_t length) {
    if (tag >> 16 != 0x0028) return;
    PixelAttributes& claims = layout_.claims;
    if (tag == 0x00280008) {
      std::uint64_t frames = 0;
      for (std::size_t i = 0; i < std::min<std::size_t>(length, 8); ++i) {
        if (std::isdigit(data_[at_ + i]) != 0) frames = frames * 10 + (data_[at_ + i] - '0');
      }
      claims.frames = std::max<std::uint64_t>(frames, 1);
    }
    if (length < 2) return;
    const std::uint32_t value = Number(at_, 2);
    if (tag == 0x00280002) claims.samples = value;
    if (tag == 0x00280010) claims.rows = value;
    if (tag == 0x00280011) claims.columns = value;
    if (tag == 0x00280100) claims.allocated = value;
  }

  bool StepPixels(std::size_t tag_at, const Head& head) {
    PixelElement& pixels = layout_.pixels.emplace();
    pixels.tag_at = tag_at;
    pixels.vr = head.vr;
    const std::uint64_t wanted = layout_.claims.Bytes();
    if (head.length == kUndefined) {
      const bool bare = Left() < 4 || (Tag(at_) != kItem && Tag(at_) != kSequenceEnd);
      if (!bare) return StepItems(pixels);
      // Samples without items up to a delimiter: their size is known from the header alone.
      pixels.cut = wanted == 0 || wanted > Left();
      pixels.parts.push_back({at_, pixels.cut ? Left() : static_cast<std::size_t>(wanted)});
      at_ += pixels.parts.back().size;
      StepEnd(pixels);
      return !pixels.cut;
    }
    if (head.length > Left()) {
      // A length that is too large, or the padding of a whole picture is missing.
      pixels.closed = false;
      pixels.cut = wanted == 0 || wanted > Left();
      pixels.parts.push_back({at_, Left()});
      at_ = data_.size();
      return !pixels.cut;
    }
    pixels.parts.push_back({at_, head.length});
    at_ += head.length;
    return true;
  }

  bool StepItems(PixelElement& pixels) {
    pixels.in_items = true;
    while (at_ + 8 <= data_.size() && Tag(at_) == kItem) {
      CountItem();
      const std::uint32_t length = Number(at_ + 4, 4);
      at_ += 8;
      pixels.cut = length > Left();
      pixels.parts.push_back({at_, std::min<std::size_t>(length, Left())});
      at_ += pixels.parts.back().size;
    }
    StepEnd(pixels);
    return true;
  }

  /// Goes on after the sequence delimiter, or what there is of it.
  void StepEnd(PixelElement& pixels) {
    pixels.closed = Left() >= 8 && Tag(at_) == kSequenceEnd;
    if (pixels.closed) {
      at_ += 8;
      return;
    }
    static constexpr std::array<std::uint8_t, 8> kLittle = {0xFE, 0xFF, 0xDD, 0xE0},
                                                 kBig = {0xFF, 0xFE, 0xE0, 0xDD};
    const auto& delimiter = big_ ? kBig : kLittle;
    const auto rest = data_.subspan(at_);
    if (rest.size() < 8 && std::equal(rest.begin(), rest.end(), delimiter.begin())) {
      at_ = data_.size();
    }
  }

  std::span<const std::uint8_t> data_;
  bool explicit_, big_;
  std::size_t at_ = 0;
  std::uint32_t last_tag_ = 0;
  int items_ = 0;
  std::vector<Level> levels_;
  ElementLayout layout_;
};

}  // namespace

ElementLayout WalkElements(std::span<const std::uint8_t> data, const ElementCoding& coding) {
  return Walker(data, coding).Walk();
}

void CheckElements(std::span<const std::uint8_t> data, bool explicit_vr, bool big_endian) {
  const ElementLayout layout = WalkElements(data, {explicit_vr, big_endian});
  if (!layout.whole) CheckItemsBlindly(data.subspan(layout.stopped), big_endian);
}

void CheckItemsBlindly(std::span<const std::uint8_t> rest, bool big_endian) {
  constexpr int kMost = 2000;
  int found = 0;
  const std::array<std::uint8_t, 4> tag = big_endian
                                              ? std::array<std::uint8_t, 4>{0xFF, 0xFE, 0xE0, 0}
                                              : std::array<std::uint8_t, 4>{0xFE, 0xFF, 0, 0xE0};
  for (auto from = rest.begin();;) {
    from = std::search(from, rest.end(), tag.begin(), tag.end());
    if (from == rest.end()) return;
    from += 4;
    if (++found > kMost) throw Error(ErrorCode::kCorrupt, "has a damaged structure of elements");
  }
}

}  // namespace mhcnn
