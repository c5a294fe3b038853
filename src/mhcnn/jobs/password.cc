#include "mhcnn/jobs/password.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

/// Common passwords of twelve characters and more, in lower case; a common word in `kWords` makes
/// nothing better.
constexpr std::array<std::string_view, 40> kCommon{
    "123456789012",     "1234567890123",
    "12345678901234",   "123456789012345",
    "1234567890123456", "123123123123",
    "123456123456",     "123412341234",
    "987654321098",     "012345678901",
    "123456789abc",     "1q2w3e4r5t6y",
    "1q2w3e4r5t6y7u",   "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv", "qazwsxedcrfv",
    "qwertyuiop123",    "qwertyuiop[]",
    "qwerty123456",     "qwerty12345678",
    "123456qwerty",     "abcdefghijkl",
    "abcdefghijklm",    "abcd12345678",
    "abc123abc123",     "asdfghjkl123",
    "asdfghjkl;'",      "zxcvbnm12345",
    "iloveyou1234",     "iloveyou12345",
    "letmein12345",     "welcome12345",
    "trustno1trustno1", "correcthorsebatterystaple",
    "changemechangeme", "unknownunknown",
    "administrator",    "administrator1",
    "superuser1234",    "mammography1",
};

/// Words of which a password must not consist, apart from digits and signs.
constexpr std::array<std::string_view, 18> kWords{
    "password", "passw0rd",  "passwort",  "p@ssw0rd", "p@ssword", "qwertyuiop",
    "letmein",  "welcome",   "changeme",  "secret",   "admin",    "administrator",
    "mhcnn",    "mammogram", "radiology", "hospital", "density",  "default",
};

constexpr unsigned long long kPasses = crypto_pwhash_OPSLIMIT_INTERACTIVE;
constexpr std::size_t kMemory = crypto_pwhash_MEMLIMIT_INTERACTIVE;

void Init() {
  if (::sodium_init() < 0) {
    throw Error(ErrorCode::kInternal, "libsodium cannot be used: it found no random numbers");
  }
}

std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Letters alone: what is left of "Password2024!" is "password".
std::string Letters(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80) letters += c;
  }
  return letters;
}

bool IsCommon(const std::string& lower, const std::string& name) {
  if (std::ranges::find(kCommon, lower) != kCommon.end()) return true;
  const std::string letters = Letters(lower);
  const auto repeats = [&](std::string_view whole, std::string_view word) {
    if (word.empty() || whole.empty() || whole.size() % word.size() != 0) return false;
    for (std::size_t at = 0; at < whole.size(); at += word.size()) {
      if (whole.substr(at, word.size()) != word) return false;
    }
    return true;
  };
  if (repeats(lower, name) || repeats(letters, Letters(name))) return true;
  return std::ranges::any_of(kWords, [&](std::string_view word) {
    return repeats(lower, word) || repeats(letters, word) || repeats(letters, Letters(word));
  });
}

}  // namespace

void CheckPassword(std::string_view name, std::string_view password) {
  const auto refuse = [](const std::string& problem, const char* remedy) {
    throw Error(ErrorCode::kUsage, "the password " + problem, {}, remedy);
  };
  constexpr auto kRemedy = "choose several words, or use a password manager";
  if (Characters(password) < kMinPasswordLength) {
    refuse("is shorter than " + std::to_string(kMinPasswordLength) + " characters", kRemedy);
  }
  if (password.size() > kMaxPasswordBytes) {
    refuse("is longer than " + std::to_string(kMaxPasswordBytes) + " bytes",
           "choose a shorter one");
  }
  const bool control =
      std::ranges::any_of(password, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
  if (control || !IsUtf8(password)) {
    refuse("has characters that cannot be typed", "choose text without control characters");
  }
  const std::string lower = ToLower(std::string(password));
  if (std::set<char>(lower.begin(), lower.end()).size() < 5) {
    refuse("has fewer than 5 different characters", kRemedy);
  }
  if (IsCommon(lower, ToLower(std::string(name)))) {
    refuse("is a common password", kRemedy);
  }
}

std::string PasswordDigest(std::string_view password) {
  Init();
  std::array<char, crypto_pwhash_STRBYTES> digest{};
  if (::crypto_pwhash_str_alg(digest.data(), password.data(), password.size(), kPasses, kMemory,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw Error(ErrorCode::kLimit, "too little memory for the digest of a password");
  }
  return digest.data();
}

bool VerifyPassword(const std::string& digest, std::string_view password) {
  Init();
  return ::crypto_pwhash_str_verify(digest.c_str(), password.data(), password.size()) == 0;
}

const std::string& DummyPasswordDigest() {
  // Its last part is not the digest of anything that is known.
  static const std::string digest =
      "$argon2id$v=19$m=65536,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$"
      "bm9ib2R5IGhhcyB0aGlzIHBhc3N3b3JkIGF0IGFsbC4";
  return digest;
}

}  // namespace mhcnn
