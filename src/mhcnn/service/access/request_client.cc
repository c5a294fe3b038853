#include "mhcnn/service/access/request_client.h"

#include <algorithm>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"

namespace mhcnn {

bool IsAddress(const std::string& text) {
  if (text.empty() || text.find('/') != std::string::npos) return false;
  try {
    const AddressRange address(text);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::string FindSingleField(const HttpRequest& request, std::string_view name) {
  std::string value;
  bool found = false;
  for (const auto& [field, text] : request.fields) {
    if (field != name) continue;
    if (found) throw HttpError(400, "the field " + std::string(name) + " occurs twice");
    found = true;
    value = Trim(text);
  }
  return value;
}

RequestClient FindRequestClient(const HttpRequest& request, const AccessConfig& config) {
  RequestClient client{request.address, request.encrypted, false};
  client.by_proxy =
      !config.trusted_proxies.empty() && config.trusted_proxies.AllowsAddress(request.address);
  if (!client.by_proxy) return client;
  std::vector<std::string> hops;
  for (const auto& [field, text] : request.fields) {
    if (field != "x-forwarded-for") continue;
    for (std::size_t begin = 0; begin <= text.size();) {
      const auto comma = std::min(text.find(',', begin), text.size());
      hops.push_back(Trim(text.substr(begin, comma - begin)));
      begin = comma + 1;
    }
  }
  // The nearest proxy added the last address; each trusted proxy added the one before its own.
  for (auto hop = hops.rbegin(); hop != hops.rend() && IsAddress(*hop); ++hop) {
    client.address = *hop;
    if (!config.trusted_proxies.AllowsAddress(*hop)) break;
  }
  if (ToLower(FindSingleField(request, "x-forwarded-proto")) == "https") client.encrypted = true;
  return client;
}

}  // namespace mhcnn
