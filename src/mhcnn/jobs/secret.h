#pragma once

#include <string>
#include <string_view>

namespace mhcnn {

/// Returns a new secret: 256 random bits of the operating system as 43 characters of base64url
/// (RFC 4648 section 5), which need no escape in a header field, a cookie or a URL.
std::string MakeSecret();

/// Returns the stored form of a secret: its SHA-256 in hexadecimal digits. A secret of 256 random
/// bits cannot be guessed, so that it needs no slow digest.
std::string SecretDigest(std::string_view secret);

/// Returns whether two texts are equal, in a time that depends only on their lengths.
bool AreEqualSecrets(std::string_view a, std::string_view b);

}  // namespace mhcnn
