#include "mhcnn/base/text.h"

#include <algorithm>
#include <cctype>

namespace mhcnn {
namespace {

/// Bytes of the UTF-8 character that `text` begins with; 0 where it begins with none.
std::size_t CharacterLength(std::string_view text) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80                    ? 1
                             : lead >= 0xC2 && lead <= 0xDF ? 2
                             : lead >> 4 == 14              ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(k) & 0xC0) != 0x80) return 0;
  }
  if (length < 3) return length;
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool beyond = (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
  return overlong || beyond ? 0 : length;
}

/// Returns whether one whole UTF-8 character controls the display and shows nothing.
bool IsControl(std::string_view character) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(character[k]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  if (character.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;  // C1
  if (character.size() != 3 || byte(0) != 0xE2) return false;
  // U+2028 to U+202E: separators, embeddings, overrides; U+2066 to U+2069: isolates.
  return (byte(1) == 0x80 && byte(2) >= 0xA8 && byte(2) <= 0xAE) ||
         (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9);
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool BeginsWithEscape(std::string_view text) {
  return text.size() >= 4 && text[0] == '\\' && text[1] == 'x' && HexValue(text[2]) >= 0 &&
         HexValue(text[3]) >= 0;
}

void AppendEscaped(std::string_view bytes, std::string& text) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += "\\x";
    text += "0123456789ABCDEF"[byte >> 4];
    text += "0123456789ABCDEF"[byte & 15];
  }
}

std::string Escape(std::string_view raw, bool backslashes) {
  std::string text;
  text.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size();) {
    const std::string_view rest = raw.substr(i);
    const std::size_t length = CharacterLength(rest);
    const std::string_view character = rest.substr(0, length == 0 ? 1 : length);
    if (length == 0 || IsControl(character) || (backslashes && BeginsWithEscape(rest))) {
      AppendEscaped(character, text);
    } else {
      text += character;
    }
    i += character.size();
  }
  return text;
}

}  // namespace

std::string ToUpper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = CharacterLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string EscapeText(std::string_view raw) { return Escape(raw, true); }

std::string ToDisplayText(std::string_view raw) { return Escape(raw, false); }

std::string UnescapeText(std::string_view text) {
  std::string raw;
  raw.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (BeginsWithEscape(text.substr(i))) {
      raw += static_cast<char>(HexValue(text[i + 2]) * 16 + HexValue(text[i + 3]));
      i += 4;
    } else {
      raw += text[i++];
    }
  }
  return raw;
}

std::string TruncateFront(const std::string& text, std::size_t columns) {
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  std::size_t characters = 0, start = text.size(), kept = text.size();
  while (start > 0) {
    do --start;
    while (start > 0 && continues(text[start]));
    ++characters;
    if (characters + 3 == columns) kept = start;
  }
  return characters <= columns ? text : "..." + text.substr(kept);
}

std::string ToPrintableText(std::string_view raw) {
  std::string text;
  const bool utf8 = IsUtf8(raw);
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) continue;
    if (byte < 0x80 || utf8) {
      text += c;
    } else {
      text += static_cast<char>(0xC0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return text;
}

std::string ToLower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string Trim(const std::string& text) {
  const char* white = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(white);
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(white) - first + 1);
}

std::string FirstLine(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

std::uint64_t Fnv1a(std::string_view bytes, std::uint64_t hash) {
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return hash;
}

std::string ToHexDigits(std::uint64_t value) {
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 15];
  return text;
}

}  // namespace mhcnn
