#include "mhcnn/jobs/secret.h"

#include <sodium.h>

#include <array>

#include "mhcnn/base/error.h"
#include "mhcnn/base/sha256.h"

namespace mhcnn {

std::string MakeSecret() {
  if (::sodium_init() < 0) {
    throw Error(ErrorCode::kInternal, "libsodium cannot be used: it found no random numbers");
  }
  constexpr int kForm = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::array<unsigned char, 32> bits{};
  ::randombytes_buf(bits.data(), bits.size());
  std::array<char, sodium_base64_ENCODED_LEN(32, kForm)> text{};
  ::sodium_bin2base64(text.data(), text.size(), bits.data(), bits.size(), kForm);
  ::sodium_memzero(bits.data(), bits.size());
  return text.data();
}

std::string SecretDigest(std::string_view secret) { return Sha256Hex(secret); }

bool AreEqualSecrets(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace mhcnn
