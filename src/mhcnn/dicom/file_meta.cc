#include "mhcnn/dicom/file_meta.h"

#include <algorithm>
#include <cctype>
#include <cstring>

namespace mhcnn {
namespace {

std::size_t Little(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t count) {
  std::size_t value = 0;
  while (count-- > 0) value = value << 8 | bytes[at + count];
  return value;
}

std::string Uid(std::span<const std::uint8_t> value) {
  std::string uid(value.begin(), value.end());
  uid.erase(std::find_if(uid.begin(), uid.end(), [](char c) { return c == '\0' || c == ' '; }),
            uid.end());
  return uid;
}

}  // namespace

FileMeta ReadFileMeta(std::span<const std::uint8_t> file) {
  FileMeta meta;
  std::size_t at = 0, stated_end = 0;
  if (file.size() >= 132 && std::memcmp(file.data() + 128, "DICM", 4) == 0) at = 132;
  while (at + 12 <= file.size() && file[at] == 2 && file[at + 1] == 0) {
    const std::size_t element = Little(file, at + 2, 2);
    const char first = static_cast<char>(file[at + 4]), second = static_cast<char>(file[at + 5]);
    const bool has_vr = std::isupper(file[at + 4]) != 0 && std::isupper(file[at + 5]) != 0;
    const bool is_long =
        has_vr && ((first == 'O' && second == 'B') || (first == 'U' && second == 'N'));
    meta.odd = meta.odd || !has_vr;
    const std::size_t length = !has_vr   ? Little(file, at + 4, 4)
                               : is_long ? Little(file, at + 8, 4)
                                         : Little(file, at + 6, 2);
    const std::size_t value = at + (is_long ? 12 : 8);
    if (length > file.size() - value) break;
    if (element == 0x0000 && length == 4) stated_end = value + length + Little(file, value, 4);
    if (element == 0x0002) meta.sop_class = Uid(file.subspan(value, length));
    if (element == 0x0010) meta.syntax = Uid(file.subspan(value, length));
    at = value + length;
  }
  meta.end = at;
  meta.odd = meta.odd || (stated_end != 0 && stated_end != at);
  return meta;
}

}  // namespace mhcnn
