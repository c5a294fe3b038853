#include "mhcnn/results/uids.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

using Digest = std::array<std::uint8_t, 32>;

Digest DigestOf(const void* data, std::size_t size) {
  Digest digest{};
  if (EVP_Digest(data, size, digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw Error(ErrorCode::kInternal, "SHA-256 is not available");
  }
  return digest;
}

std::string Hex(const Digest& digest) {
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace

std::string JoinedText(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += std::to_string(part.size()) + ":" + part + ";";
  return text;
}

std::string Sha256(std::span<const std::uint8_t> bytes) {
  return Hex(DigestOf(bytes.data(), bytes.size()));
}

std::string Sha256(std::string_view text) { return Hex(DigestOf(text.data(), text.size())); }

std::string UidOf(const std::vector<std::string>& parts) {
  const std::string text = JoinedText(parts);
  const Digest digest = DigestOf(text.data(), text.size());
  std::array<std::uint8_t, 16> number{};
  std::copy_n(digest.begin(), number.size(), number.begin());
  number[6] = static_cast<std::uint8_t>((number[6] & 0x0F) | 0x80);
  number[8] = static_cast<std::uint8_t>((number[8] & 0x3F) | 0x80);
  std::string digits;
  while (std::any_of(number.begin(), number.end(), [](std::uint8_t byte) { return byte != 0; })) {
    unsigned remainder = 0;
    for (auto& byte : number) {
      const unsigned value = remainder << 8 | byte;
      byte = static_cast<std::uint8_t>(value / 10);
      remainder = value % 10;
    }
    digits += static_cast<char>('0' + remainder);
  }
  std::reverse(digits.begin(), digits.end());
  return "2.25." + digits;
}

}  // namespace mhcnn
