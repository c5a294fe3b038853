#include "mhcnn/base/encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

constexpr const char* kRemedy = "save it as plain text in UTF-8";

void AppendUtf8(std::uint32_t point, std::string& text) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | point >> 6);
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
    put(0x80 | (point >> 6 & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

/// How many bytes make a unit, and in which order.
struct Units {
  std::size_t width = 0;
  bool big_endian = false;
  std::size_t mark = 0;  ///< bytes of the byte order mark
};

std::optional<Units> DecodeByMark(std::string_view bytes) {
  using namespace std::string_view_literals;
  // UTF-32's mark begins as UTF-16's does.
  if (bytes.starts_with("\xFF\xFE\0\0"sv)) return Units{4, false, 4};
  if (bytes.starts_with("\0\0\xFE\xFF"sv)) return Units{4, true, 4};
  if (bytes.starts_with("\xFF\xFE"sv)) return Units{2, false, 2};
  if (bytes.starts_with("\xFE\xFF"sv)) return Units{2, true, 2};
  return std::nullopt;
}

/// UTF-16 without a mark: every second byte of what is ASCII in it, which is most of a list, is
/// zero, and no other byte is. Paths separated by zero bytes have fewer.
std::optional<Units> DetectUtf16(std::string_view bytes) {
  std::array<std::size_t, 2> zeros{};
  for (std::size_t i = 0; i < bytes.size(); ++i) zeros[i % 2] += bytes[i] == '\0';
  if (bytes.size() % 2 != 0 || (zeros[0] == 0) == (zeros[1] == 0)) return std::nullopt;
  if (2 * (zeros[0] + zeros[1]) < bytes.size() / 2) return std::nullopt;
  return Units{2, zeros[0] > 0, 0};
}

std::string DecodeUnits(std::string_view bytes, const Units& units) {
  bytes.remove_prefix(units.mark);
  if (bytes.size() % units.width != 0) {
    throw Error(ErrorCode::kUsage, "is text in UTF-16 or UTF-32 that is cut within a character", "",
                kRemedy);
  }
  const auto unit = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t k = 0; k < units.width; ++k) {
      const std::size_t place = units.big_endian ? k : units.width - 1 - k;
      value = value << 8 | static_cast<unsigned char>(bytes[at + place]);
    }
    return value;
  };
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); i += units.width) {
    std::uint32_t point = unit(i);
    if (units.width == 2 && point >> 10 == 0x36 && i + 2 < bytes.size()) {
      const std::uint32_t low = unit(i + 2);
      if (low >> 10 == 0x37) {
        point = 0x10000 + ((point & 0x3FF) << 10 | (low & 0x3FF));
        i += 2;
      }
    }
    if (point > 0x10FFFF) {
      throw Error(ErrorCode::kUsage, "begins like text in UTF-32 and is not", "", kRemedy);
    }
    AppendUtf8(point, text);
  }
  return text;
}

/// The code points of bytes 0x80 to 0x9F, where Windows-1252 is not Latin-1.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

}  // namespace

std::string ToUtf8Text(std::string bytes) {
  if (bytes.starts_with("PK\x03\x04")) {
    throw Error(ErrorCode::kUsage, "is a zip or Excel file, not text", "",
                "save the table as CSV in UTF-8");
  }
  auto units = DecodeByMark(bytes);
  if (!units) units = DetectUtf16(bytes);
  if (units) bytes = DecodeUnits(bytes, *units);
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);
  if (bytes.ends_with('\x1A')) bytes.pop_back();  // the end of a text file of DOS
  if (const auto zero = bytes.find('\0'); zero != std::string::npos) {
    const auto line = 1 + std::count(bytes.begin(), bytes.begin() + static_cast<long>(zero), '\n');
    throw Error(ErrorCode::kUsage,
                "contains a zero byte in line " + std::to_string(line) + ", so it is not text", "",
                kRemedy);
  }
  return bytes;
}

std::string ReadUtf8Text(const std::filesystem::path& path) {
  try {
    return ToUtf8Text(ReadTextFile(path));
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
}

std::string DecodeUtf8OrWindows1252(std::string_view text) {
  if (IsUtf8(text)) return std::string(text);
  std::string utf8;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    AppendUtf8(byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80U] : byte, utf8);
  }
  return utf8;
}

}  // namespace mhcnn
