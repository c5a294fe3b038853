#include "mhcnn/service/web/percent_decoding.h"

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {
namespace {

/// Returns the value of a hexadecimal digit; -1 for another character.
int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string DecodePercentEscapes(std::string_view raw, std::string_view where) {
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      text += raw[i];
      continue;
    }
    const int high = i + 2 < raw.size() ? HexValue(raw[i + 1]) : -1;
    const int low = i + 2 < raw.size() ? HexValue(raw[i + 2]) : -1;
    if (high < 0 || low < 0) throw HttpError(400, std::string(where) + " has a wrong escape");
    text += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return text;
}

}  // namespace mhcnn
