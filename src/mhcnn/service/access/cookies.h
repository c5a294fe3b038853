#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mhcnn {

/// Returns the name of the session's cookie. Over TLS it begins with `__Host-`, so that browsers
/// accept it from this host alone, with Secure and for the whole host (RFC 6265bis 4.1.3.2).
std::string SessionCookieName(bool encrypted);

/// Returns the value of a cookie in the field Cookie; nothing where it is absent, empty or given
/// twice with different values.
std::optional<std::string> FindCookie(std::string_view field, std::string_view name);

/// Returns the field Set-Cookie of a session: scripts cannot read it, requests that other sites
/// cause do not send it, and it ends after `age`.
std::string SessionCookie(const std::string& value, bool encrypted, std::chrono::seconds age);
/// Returns the field Set-Cookie that removes the cookie of the session.
std::string ClearedSessionCookie(bool encrypted);

}  // namespace mhcnn
