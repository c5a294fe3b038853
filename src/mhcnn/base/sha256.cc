#include "mhcnn/base/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <fstream>
#include <vector>

#include "mhcnn/base/error.h"

namespace mhcnn {

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
    throw Error(ErrorCode::kInternal, "SHA-256 is not available");
}

void Sha256::Add(const void* data, std::size_t size) {
  EVP_DigestUpdate(context_.get(), data, size);
}

Sha256::Digest Sha256::Finish() {
  Digest digest{};
  EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
  return digest;
}

std::string Sha256::Hex() { return fmt::format("{:02x}", fmt::join(Finish(), "")); }

std::string Sha256Hex(std::string_view text) {
  Sha256 hash;
  hash.Add(text.data(), text.size());
  return hash.Hex();
}

std::string Sha256Hex(std::span<const std::uint8_t> bytes) {
  Sha256 hash;
  hash.Add(bytes.data(), bytes.size());
  return hash.Hex();
}

std::string FileSha256(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorCode::kIo, "cannot be read", path.string());
  Sha256 hash;
  std::vector<char> block(1 << 20);
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    hash.Add(block.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw Error(ErrorCode::kIo, "cannot be read", path.string());
  return hash.Hex();
}

}  // namespace mhcnn
