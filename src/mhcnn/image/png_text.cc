#include "mhcnn/image/png_text.h"

#include <zlib.h>

#include <algorithm>
#include <string_view>

namespace mhcnn {
namespace {

constexpr std::size_t kHeader = 8 + 25;  // signature and IHDR
constexpr std::string_view kKeyword("Software\0", 9);

std::uint32_t BigEndian(std::span<const std::uint8_t> bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

void Append(std::vector<std::uint8_t>& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back((value >> shift) & 0xFF);
}

}  // namespace

std::vector<std::uint8_t> AddPngSoftware(std::vector<std::uint8_t> png,
                                         const std::string& software) {
  std::vector<std::uint8_t> chunk;
  Append(chunk, static_cast<std::uint32_t>(kKeyword.size() + software.size()));
  for (const auto text : {std::string_view("tEXt"), kKeyword, std::string_view(software)}) {
    chunk.insert(chunk.end(), text.begin(), text.end());
  }
  const auto crc = crc32(0, chunk.data() + 4, static_cast<unsigned>(chunk.size() - 4));
  Append(chunk, static_cast<std::uint32_t>(crc));
  if (png.size() >= kHeader) png.insert(png.begin() + kHeader, chunk.begin(), chunk.end());
  return png;
}

std::string ReadPngSoftware(std::span<const std::uint8_t> head) {
  constexpr std::string_view kSignature("\x89PNG\r\n\x1A\n");
  constexpr std::size_t kText = kHeader + 8;
  if (head.size() < kText + kKeyword.size()) return "";
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (!text.starts_with(kSignature) || text.substr(kHeader + 4, 4) != "tEXt" ||
      !text.substr(kText).starts_with(kKeyword)) {
    return "";
  }
  const std::size_t size = BigEndian(head.subspan(kHeader));
  if (size < kKeyword.size() || kText + size > head.size()) return "";
  return std::string(text.substr(kText + kKeyword.size(), size - kKeyword.size()));
}

}  // namespace mhcnn
