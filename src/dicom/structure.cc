#include "dicom/structure.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "base/error.h"
#include "dicom/dcmtk.h"
#include "dicom/syntax.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kOpen = SIZE_MAX;  // end of a sequence or item of undefined length
constexpr std::uint32_t kUndefined = 0xFFFFFFFF;
constexpr std::uint32_t kItem = 0xFFFEE000, kPixelData = 0x7FE00010;

/// Iterative walk over data elements (PS3.5 7).
class Walker {
 public:
  Walker(std::span<const std::uint8_t> data, bool explicit_vr, bool big_endian)
      : data_(data), explicit_(explicit_vr), big_(big_endian) {}

  void Walk() {
    while (at_ + 8 <= data_.size()) {
      while (!ends_.empty() && ends_.back() <= at_) ends_.pop_back();
      const bool understood = Tag(at_) >> 16 == 0xFFFE ? StepDelimiter() : StepElement();
      if (!understood) {
        CountBlindly();
        return;
      }
    }
  }

 private:
  std::uint32_t Number(std::size_t at, int bytes) const {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) {
      const int shift = 8 * (big_ ? bytes - 1 - i : i);
      value |= std::uint32_t{data_[at + static_cast<std::size_t>(i)]} << shift;
    }
    return value;
  }
  std::uint32_t Tag(std::size_t at) const { return Number(at, 2) << 16 | Number(at + 2, 2); }

  void Push(std::uint32_t length) {
    ends_.push_back(length == kUndefined ? kOpen : at_ + length);
    // A sequence and its item are one level of two entries.
    if (ends_.size() > 2 * kMaxDicomDepth) {
      throw Error(ErrorCode::kLimit,
                  "nests its sequences deeper than " + std::to_string(kMaxDicomDepth) + " levels");
    }
  }

  void CountItem() {
    if (++items_ > kMaxDicomItems) {
      throw Error(ErrorCode::kLimit, "holds more than " + std::to_string(kMaxDicomItems) +
                                         " sequence items or fragments");
    }
  }

  bool StepDelimiter() {
    const std::uint32_t tag = Tag(at_), length = Number(at_ + 4, 4);
    at_ += 8;
    if (tag == kItem) {
      CountItem();
      Push(length);
    } else if (!ends_.empty()) {
      ends_.pop_back();
    }
    return true;
  }

  /// False where the element makes no sense.
  bool StepElement() {
    const std::uint32_t tag = Tag(at_);
    std::uint32_t length = 0;
    bool may_be_open = true;
    // Inside an UN of undefined length the elements are implicit (PS3.5 6.2.2): a VR that is no VR
    // tells.
    const bool has_vr = explicit_ && std::isupper(data_[at_ + 4]) && std::isupper(data_[at_ + 5]);
    if (has_vr) {
      const char vr[3] = {static_cast<char>(data_[at_ + 4]), static_cast<char>(data_[at_ + 5]), 0};
      static constexpr std::array kLong = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                           "SV", "UC", "UN", "UR", "UT", "UV"};
      const bool is_long = std::any_of(
          kLong.begin(), kLong.end(), [&](const char* name) { return std::strcmp(name, vr) == 0; });
      if (is_long) {
        if (at_ + 12 > data_.size()) return false;
        length = Number(at_ + 8, 4);
        at_ += 12;
      } else {
        length = Number(at_ + 6, 2);
        at_ += 8;
        may_be_open = false;
      }
    } else {
      length = Number(at_ + 4, 4);
      at_ += 8;
    }
    if (tag == kPixelData && length == kUndefined) return SkipFragments();
    if (length == kUndefined) {
      if (!may_be_open) return false;
      Push(length);
      return true;
    }
    if (length > data_.size() - at_) return false;
    // A sequence of defined length, whatever its VR claims, begins with an item.
    if (tag != kPixelData && length >= 8 && Tag(at_) == kItem) {
      Push(length);
    } else {
      at_ += length;
    }
    return true;
  }

  bool SkipFragments() {
    while (at_ + 8 <= data_.size() && Tag(at_) == kItem) {
      CountItem();
      const std::uint32_t length = Number(at_ + 4, 4);
      at_ += 8;
      if (length > data_.size() - at_) return false;
      at_ += length;
    }
    at_ += 8;
    return true;
  }

  /// The rest cannot be followed, but a parser that sees it otherwise could: it may hold no more
  /// items than a parser can recurse into, however they nest.
  void CountBlindly() const {
    constexpr int kMost = 2000;
    int found = 0;
    const std::array<std::uint8_t, 4> tag = big_ ? std::array<std::uint8_t, 4>{0xFF, 0xFE, 0xE0, 0}
                                                 : std::array<std::uint8_t, 4>{0xFE, 0xFF, 0, 0xE0};
    const auto rest = data_.subspan(std::min(at_, data_.size()));
    for (auto from = rest.begin();;) {
      from = std::search(from, rest.end(), tag.begin(), tag.end());
      if (from == rest.end()) return;
      from += 4;
      if (++found > kMost) {
        throw Error(ErrorCode::kCorrupt, "has a damaged structure of elements");
      }
    }
  }

  std::span<const std::uint8_t> data_;
  bool explicit_, big_;
  std::size_t at_ = 0;
  int items_ = 0;
  std::vector<std::size_t> ends_;
};

/// A file's bytes, mapped and not read.
class Mapping {
 public:
  explicit Mapping(const fs::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      const bool missing = errno == ENOENT || errno == ENOTDIR;
      throw Error(missing ? ErrorCode::kNotFound : ErrorCode::kIo,
                  missing ? "does not exist" : std::string("cannot be opened: ") + strerror(errno),
                  path.string());
    }
    struct stat status {};
    const bool plain = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
    if (plain) {
      size_ = static_cast<std::size_t>(status.st_size);
      data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    ::close(fd);
    if (!plain) throw Error(ErrorCode::kCorrupt, "is empty or not a plain file", path.string());
    if (data_ == MAP_FAILED) throw Error(ErrorCode::kIo, "cannot be mapped", path.string());
  }
  ~Mapping() { ::munmap(data_, size_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  std::span<const std::uint8_t> bytes() const {
    return {static_cast<const std::uint8_t*>(data_), size_};
  }

 private:
  void* data_ = MAP_FAILED;
  std::size_t size_ = 0;
};

std::vector<std::uint8_t> Inflate(std::span<const std::uint8_t> deflated) {
  std::vector<std::uint8_t> inflated;
  z_stream stream{};
  constexpr int kRawDeflate = -15;  // no zlib header, PS3.5 A.5
  if (inflateInit2(&stream, kRawDeflate) != Z_OK) return inflated;
  stream.next_in = const_cast<Bytef*>(deflated.data());
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(deflated.size(), UINT32_MAX));
  std::vector<std::uint8_t> block(std::size_t{1} << 20);
  int status = Z_OK;
  while (status == Z_OK && inflated.size() <= kMaxInflatedBytes) {
    stream.next_out = block.data();
    stream.avail_out = static_cast<uInt>(block.size());
    status = inflate(&stream, Z_NO_FLUSH);
    inflated.insert(inflated.end(), block.begin(),
                    block.end() - static_cast<std::ptrdiff_t>(stream.avail_out));
  }
  inflateEnd(&stream);
  if (inflated.size() > kMaxInflatedBytes) {
    throw Error(ErrorCode::kLimit, "inflates to more than " +
                                       std::to_string(kMaxInflatedBytes / 1'000'000) +
                                       " million bytes");
  }
  return inflated;
}

/// End of the file meta information, which is always Explicit VR Little Endian (PS3.10 7.1), and
/// the transfer syntax that it names.
std::size_t SkipMeta(std::span<const std::uint8_t> bytes, std::string& syntax) {
  std::size_t at = 0;
  if (bytes.size() >= 132 && std::memcmp(bytes.data() + 128, "DICM", 4) == 0) at = 132;
  while (at + 12 <= bytes.size() && bytes[at] == 2 && bytes[at + 1] == 0) {
    const int element = bytes[at + 2] | bytes[at + 3] << 8;
    const bool is_long = bytes[at + 4] == 'O' || bytes[at + 4] == 'U' || bytes[at + 4] == 'S';
    const bool has_long_length = is_long && bytes[at + 6] == 0 && bytes[at + 7] == 0 &&
                                 (bytes[at + 5] == 'B' || bytes[at + 5] == 'N');
    std::size_t length = bytes[at + 6] | std::size_t{bytes[at + 7]} << 8;
    std::size_t value = at + 8;
    if (has_long_length) {
      length = 0;
      for (int i = 3; i >= 0; --i) length = length << 8 | bytes[at + 8 + static_cast<unsigned>(i)];
      value = at + 12;
    }
    if (length > bytes.size() - value) break;
    if (element == 0x0010) {
      syntax.assign(reinterpret_cast<const char*>(bytes.data()) + value, length);
      syntax.erase(
          std::find_if(syntax.begin(), syntax.end(), [](char c) { return c == '\0' || c == ' '; }),
          syntax.end());
    }
    at = value + length;
  }
  return at;
}

}  // namespace

void CheckElements(std::span<const std::uint8_t> data, bool explicit_vr, bool big_endian) {
  Walker(data, explicit_vr, big_endian).Walk();
}

std::string CheckDicomStructure(const fs::path& path) {
  const Mapping file(path);
  std::string uid;
  const auto data = file.bytes().subspan(SkipMeta(file.bytes(), uid));
  try {
    if (uid.empty()) {
      // No meta information: the first tag and what follows it tell.
      const bool big = data.size() > 1 && data[0] == 0 && data[1] != 0;
      const bool has_vr = data.size() > 6 && std::isupper(data[4]) && std::isupper(data[5]);
      CheckElements(data, has_vr, big);
      return uid;
    }
    if (IsHtj2k(uid)) {
      CheckElements(data, true, false);
      return uid;
    }
    const DcmXfer syntax(uid.c_str());
    if (syntax.getXfer() == EXS_Unknown) {
      throw Error(ErrorCode::kUnsupported, "uses transfer syntax " + uid + ", which is not read",
                  {}, "convert it to Explicit VR Little Endian or JPEG 2000");
    }
    const bool big = syntax.getByteOrder() == EBO_BigEndian;
    if (syntax.getStreamCompression() == ESC_zlib) {
      CheckElements(Inflate(data), true, false);
    } else {
      CheckElements(data, syntax.isExplicitVR(), big);
    }
    return uid;
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
}

}  // namespace mhcnn
