#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mhcnn {

/// Returns the name of the session's cookie. Over TLS it begins with `__Host-`, so that browsers
/// take it from this host alone, with Secure and for the whole host (RFC 6265bis 4.1.3.2).
std::string SessionCookieName(bool encrypted);

/// Returns the value of a cookie in the field Cookie; nothing where it is absent, empty or there
/// twice with different values.
std::optional<std::string> FindCookie(std::string_view field, std::string_view name);

/// Returns the field Set-Cookie that gives the browser a session: not for scripts, not for requests
/// that other sites cause, and gone after `age` or with the browser.
std::string SessionCookie(const std::string& value, bool encrypted, std::chrono::seconds age);
/// Returns the field Set-Cookie that takes it away.
std::string ClearedSessionCookie(bool encrypted);

}  // namespace mhcnn
