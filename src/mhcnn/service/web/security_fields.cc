#include "mhcnn/service/web/security_fields.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

/// Fields of all answers. Pages load only their own scripts and styles, nothing inline. They draw
/// pictures from memory (blob:) and small ones from the style (data:).
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kFields{{
    {"Content-Security-Policy",
     "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; "
     "form-action 'self'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Permissions-Policy",
     "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
     "microphone=(), payment=(), usb=()"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
}};

}  // namespace

HttpFields SecurityFields(const HttpResponse& response, bool encrypted) {
  HttpFields fields;
  const auto add = [&](std::string_view name, std::string_view value) {
    const std::string lower = ToLower(std::string(name));
    const bool there = std::ranges::any_of(
        response.fields, [&](const auto& field) { return ToLower(field.first) == lower; });
    if (!there) fields.emplace_back(name, value);
  };
  for (const auto& [name, value] : kFields) add(name, value);
  if (encrypted) add("Strict-Transport-Security", "max-age=31536000");
  return fields;
}

}  // namespace mhcnn
