#include "mhcnn/base/html.h"

namespace mhcnn {

std::string EscapeHtml(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string Base64(const std::vector<std::uint8_t>& bytes) {
  static const char* digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned word = static_cast<unsigned>(bytes[i]) << 16;
    if (i + 1 < bytes.size()) word |= static_cast<unsigned>(bytes[i + 1]) << 8;
    if (i + 2 < bytes.size()) word |= bytes[i + 2];
    text += digits[word >> 18];
    text += digits[word >> 12 & 63];
    text += i + 1 < bytes.size() ? digits[word >> 6 & 63] : '=';
    text += i + 2 < bytes.size() ? digits[word & 63] : '=';
  }
  return text;
}

}  // namespace mhcnn
