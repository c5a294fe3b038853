#pragma once

#include <string>

#include "mhcnn/service/access_config.h"
#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Where a request comes from.
struct ClientOf {
  std::string address;     ///< numeric address of the client, or of the proxy where it says none
  bool encrypted = false;  ///< the client speaks TLS, to the node or to the proxy
  bool by_proxy = false;   ///< the peer is one of `web.trusted_proxies`
};

/// Returns where a request comes from. What a trusted proxy says counts: the last address of
/// X-Forwarded-For that is no trusted proxy itself, as each proxy adds whom it heard, and
/// X-Forwarded-Proto. Others' fields do not.
ClientOf FindClient(const HttpRequest& request, const AccessConfig& config);

/// Whether a text is one numeric address, no range.
bool IsAddress(const std::string& text);

/// Returns the only value of a field, without white space at its ends, "" where it is absent.
/// Throws HttpError(400) where it is there twice: a proxy that adds the field and does not replace
/// it would let clients write it.
std::string OnlyField(const HttpRequest& request, std::string_view name);

}  // namespace mhcnn
