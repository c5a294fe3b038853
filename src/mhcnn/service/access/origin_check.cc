#include "mhcnn/service/access/origin_check.h"

#include <algorithm>
#include <utility>

#include "mhcnn/base/text.h"
#include "mhcnn/service/access/request_client.h"
#include "mhcnn/service/access_config.h"
#include "mhcnn/service/peer_list.h"

namespace mhcnn {
namespace {

/// Returns a host without its port, in lower case and without the brackets of IPv6.
std::string ReadHostName(std::string_view host) {
  std::string name = ToLower(std::string(host));
  if (name.starts_with('[')) {
    const auto end = name.find(']');
    const std::string port = end == std::string::npos ? "x" : name.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) throw HttpError(400, "the field Host is wrong");
    return name.substr(1, end - 1);
  }
  const auto colon = name.find(':');
  if (colon != std::string::npos) {
    if (name.find_first_not_of("0123456789", colon + 1) != std::string::npos)
      throw HttpError(400, "the field Host is wrong");
    name.resize(colon);
  }
  if (name.ends_with('.')) name.pop_back();
  return name;
}

}  // namespace

bool IsUnsafe(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

OriginCheck::OriginCheck(const std::string& address, std::vector<std::string> host_names)
    : any_host_(host_names.empty() && !IsLoopback(address)), host_names_(std::move(host_names)) {}

bool OriginCheck::IsOwnName(const std::string& name) const {
  return name == "localhost" || IsAddress(name) ||
         std::ranges::find(host_names_, name) != host_names_.end();
}

void OriginCheck::operator()(const HttpRequest& request) const {
  const auto hosts = std::ranges::count_if(request.fields,
                                           [](const auto& field) { return field.first == "host"; });
  if (hosts > 1) throw HttpError(400, "the field Host occurs twice");
  const std::string_view host = request.Field("host");
  if (!any_host_ && hosts == 1 && !IsOwnName(ReadHostName(host))) {
    throw HttpError(421,
                    "the node is not known by the name in the field Host; web.host_names of "
                    "its configuration lists its names");
  }
  if (!IsUnsafe(request.method)) return;
  const std::string site = ToLower(std::string(request.Field("sec-fetch-site")));
  if (!site.empty() && site != "same-origin" && site != "none") {
    throw HttpError(403, "a page of another site may not change anything here");
  }
  const std::string origin = ToLower(std::string(request.Field("origin")));
  if (origin.empty()) return;
  const auto scheme = origin.find("://");
  const std::string from = scheme == std::string::npos ? "" : origin.substr(scheme + 3);
  // Behind a proxy the Host may be the one of the proxy's own connection.
  const bool own =
      !from.empty() && (from == ToLower(std::string(host)) ||
                        std::ranges::find(host_names_, ReadHostName(from)) != host_names_.end());
  if (!own) throw HttpError(403, "a page of another origin may not change anything here");
}

}  // namespace mhcnn
