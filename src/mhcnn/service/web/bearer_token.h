#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Returns the text of a bearer token in the field Authorization, "" without one.
std::string ReadBearerToken(const HttpRequest& request);

/// Token that a client must send (RFC 6750). It is kept as its digest, and compared in a time that
/// does not depend on which part is equal.
class BearerToken {
 public:
  /// Makes a token that is not needed: every client is permitted.
  BearerToken() = default;
  /// Reads the token, the text of the file without white space at its ends. Throws Error(kUsage)
  /// for an empty one and what reading a file throws.
  explicit BearerToken(const std::filesystem::path& file);

  /// Throws HttpError(401) for a request that does not carry the token.
  void Require(const HttpRequest& request) const;
  /// Returns whether a request carries the token; true where none is needed.
  bool Carries(const HttpRequest& request) const;

 private:
  std::array<std::uint8_t, 32> digest_{};
  bool needed_ = false;
};

}  // namespace mhcnn
