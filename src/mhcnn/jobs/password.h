#pragma once

#include <string>
#include <string_view>

namespace mhcnn {

/// Smallest length of a password in characters, and the largest in bytes: all of it counts.
inline constexpr std::size_t kMinPasswordLength = 12, kMaxPasswordBytes = 1'024;

/// Throws Error(kUsage), without the password, for one that nobody should choose: shorter than
/// kMinPasswordLength, longer than kMaxPasswordBytes, no UTF-8 or with control characters, one of
/// the common ones, of few different characters, or with little but the name of its owner.
void CheckPassword(std::string_view name, std::string_view password);

/// Returns the stored form of a password: Argon2id (RFC 9106) with 64 MiB of memory, two passes and
/// a salt of its own, as a text that states them. Throws Error(kLimit) without the memory.
std::string PasswordDigest(std::string_view password);

/// Returns whether the password has this digest. Takes as long for one that has not.
bool VerifyPassword(const std::string& digest, std::string_view password);

/// Returns a digest that no password has, to compare with if the user is not known: the answer then
/// takes as long as for a wrong password.
const std::string& DummyPasswordDigest();

}  // namespace mhcnn
