#include "mhcnn/service/access/client_of.h"

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

std::string OnlyField(const HttpRequest& request, std::string_view name) {
  std::string value;
  bool found = false;
  for (const auto& [field, text] : request.fields) {
    if (field != name) continue;
    if (found) throw HttpError(400, "the field " + std::string(name) + " is there twice");
    found = true;
    value = Trim(text);
  }
  return value;
}

ClientOf FindClient(const HttpRequest& request, const AccessConfig& config) {
  ClientOf client{request.address, request.encrypted, false};
  client.by_proxy =
      !config.trusted_proxies.empty() && config.trusted_proxies.AllowsAddress(request.address);
  if (!client.by_proxy) return client;
  // The last field and its last address are what the nearest proxy added.
  for (const auto& [field, text] : request.fields) {
    if (field != "x-forwarded-for") continue;
    const auto comma = text.rfind(',');
    const std::string last = Trim(comma == std::string::npos ? text : text.substr(comma + 1));
    client.address = IsAddress(last) ? last : request.address;
  }
  if (ToLower(OnlyField(request, "x-forwarded-proto")) == "https") client.encrypted = true;
  return client;
}

}  // namespace mhcnn
