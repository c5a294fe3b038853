#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Returns the text of a bearer token in the field Authorization, "" without one.
std::string BearerOf(const HttpRequest& request);

/// The token that a client must send (RFC 6750). It is kept as its digest, and compared in a time
/// that does not depend on what is equal.
class BearerToken {
 public:
  /// Every client is let in.
  BearerToken() = default;
  /// Reads the token, the text of the file without white space at its ends. Throws Error(kUsage)
  /// for an empty one and what reading a file throws.
  explicit BearerToken(const std::filesystem::path& file);

  /// Throws HttpError(401) for a request that does not carry the token.
  void Require(const HttpRequest& request) const;
  /// Whether a request carries it; true where none is asked for.
  bool Carries(const HttpRequest& request) const;

 private:
  std::array<std::uint8_t, 32> digest_{};
  bool needed_ = false;
};

}  // namespace mhcnn
