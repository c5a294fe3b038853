#include "mhcnn/page/script_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace mhcnn {

std::string ToJsonString(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string ToScriptString(std::string_view text) {
  // The escapes of JSON are those of JavaScript.
  std::string literal;
  for (const char c : ToJsonString(text)) {
    if (c == '<' || c == '>' || c == '&' || c == '\'' || c == 0x7F) {
      literal += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      literal += c;
    }
  }
  return literal;
}

std::string ToParsedScriptValue(std::string_view json) {
  return "JSON.parse(" + ToScriptString(json) + ")";
}

}  // namespace mhcnn
