#include "mhcnn/service/access/cookies.h"

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

std::string Field(const std::string& value, bool encrypted, std::chrono::seconds age) {
  return SessionCookieName(encrypted) + "=" + value +
         "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(age.count()) +
         (encrypted ? "; Secure" : "");
}

}  // namespace

std::string SessionCookieName(bool encrypted) { return encrypted ? "__Host-mhcnn" : "mhcnn"; }

std::optional<std::string> FindCookie(std::string_view field, std::string_view name) {
  std::optional<std::string> found;
  while (!field.empty()) {
    const auto semicolon = field.find(';');
    const std::string pair = Trim(std::string(field.substr(0, semicolon)));
    field = semicolon == std::string_view::npos ? std::string_view() : field.substr(semicolon + 1);
    const auto equal = pair.find('=');
    if (equal == std::string::npos || pair.substr(0, equal) != name) continue;
    const std::string value = pair.substr(equal + 1);
    if (found && *found != value) return std::nullopt;
    found = value;
  }
  if (found && found->empty()) return std::nullopt;
  return found;
}

std::string SessionCookie(const std::string& value, bool encrypted, std::chrono::seconds age) {
  return Field(value, encrypted, age);
}

std::string ClearedSessionCookie(bool encrypted) {
  return Field("", encrypted, std::chrono::seconds(0));
}

}  // namespace mhcnn
