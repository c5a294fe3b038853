#pragma once

#include <string>

#include "mhcnn/service/access_config.h"
#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Client of a request.
struct RequestClient {
  std::string address;     ///< numeric; the proxy's where it names no client
  bool encrypted = false;  ///< whether the client uses TLS, to the node or the proxy
  bool by_proxy = false;   ///< whether the peer is one of `web.trusted_proxies`
};

/// Returns the client of a request. The fields of a trusted proxy are used: the last address of
/// X-Forwarded-For that is not a trusted proxy itself, as each proxy adds its own peer, and
/// X-Forwarded-Proto. The fields of other peers are ignored.
RequestClient FindRequestClient(const HttpRequest& request, const AccessConfig& config);

/// Returns whether a text is one numeric address and not a range.
bool IsAddress(const std::string& text);

/// Returns the only value of a field, without white space at its ends, "" where it is absent.
/// Throws HttpError(400) where it occurs twice: a proxy that adds the field and does not replace it
/// would let clients write it.
std::string FindSingleField(const HttpRequest& request, std::string_view name);

}  // namespace mhcnn
