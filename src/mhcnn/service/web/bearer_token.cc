#include "mhcnn/service/web/bearer_token.h"

#include <openssl/crypto.h>

#include <string>
#include <string_view>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

Sha256::Digest HashToken(std::string_view token) {
  Sha256 hash;
  hash.Add(token.data(), token.size());
  return hash.Finish();
}

}  // namespace

std::string ReadBearerToken(const HttpRequest& request) {
  const std::string_view field = request.Field("authorization");
  constexpr std::string_view kScheme = "bearer ";
  if (ToLower(std::string(field.substr(0, kScheme.size()))) != kScheme) return "";
  return Trim(std::string(field.substr(kScheme.size())));
}

BearerToken::BearerToken(const std::filesystem::path& file) : needed_(true) {
  const std::string token = Trim(ReadTextFile(file, 65'536));
  if (token.empty()) {
    throw Error(ErrorCode::kUsage, "contains no token", file.string(),
                "write one into it, for example the output of: openssl rand -hex 32");
  }
  digest_ = HashToken(token);
}

bool BearerToken::Carries(const HttpRequest& request) const {
  if (!needed_) return true;
  const std::string token = ReadBearerToken(request);
  if (token.empty()) return false;
  const auto sent = HashToken(token);
  return ::CRYPTO_memcmp(sent.data(), digest_.data(), digest_.size()) == 0;
}

void BearerToken::Require(const HttpRequest& request) const {
  if (Carries(request)) return;
  throw HttpError(401, "the request does not carry the token of the node",
                  {{"WWW-Authenticate", "Bearer realm=\"mhcnn\""}});
}

}  // namespace mhcnn
