#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace mhcnn {

/// SHA-256 (FIPS 180-4) of bytes that are added piece by piece.
class Sha256 {
 public:
  /// The 256 bits, the first byte first.
  using Digest = std::array<std::uint8_t, 32>;

  /// Begins a hash. Throws Error(kInternal) where OpenSSL does not offer SHA-256.
  Sha256();
  /// Appends bytes.
  void Add(const void* data, std::size_t size);
  /// Returns the digest of all that was added. Nothing can be added after it.
  Digest Finish();
  /// Returns Finish() as 64 hexadecimal digits in lower case, as `sha256sum` prints them.
  std::string Hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// Returns the SHA-256 of a text, in hexadecimal digits.
std::string Sha256Hex(std::string_view text);
/// Returns the SHA-256 of bytes, in hexadecimal digits.
std::string Sha256Hex(std::span<const std::uint8_t> bytes);
/// Returns the SHA-256 of a file, in hexadecimal digits. Throws Error(kIo) naming it.
std::string FileSha256(const std::filesystem::path& path);

}  // namespace mhcnn
