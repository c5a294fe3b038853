#include "mhcnn/service/access_config.h"

#include <algorithm>
#include <string_view>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/service/config.h"
#include "mhcnn/service/config_reader.h"

namespace mhcnn {
namespace {

/// Words of the kinds of access, in the order of WebAccess.
constexpr std::array<const char*, 3> kModes{"open", "accounts", "proxy"};

bool IsFieldName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

void ReadFieldName(ConfigReader& in, const std::string& key, std::string& name) {
  in.Text(key, name);
  name = ToLower(name);
  if (!IsFieldName(name)) in.Fail(key, "must be the name of a header field, like X-Remote-User");
}

void ReadHostNames(ConfigReader& in, std::vector<std::string>& names) {
  in.Texts("web.host_names", names);
  for (std::string& name : names) {
    name = ToLower(name);
    if (name.empty() || name.find_first_of("/: \t") != std::string::npos)
      in.Fail("web.host_names", "must contain names without scheme and port: \"node.example.org\"");
  }
}

void ReadProxies(ConfigReader& in, AccessConfig& access) {
  in.Texts("web.trusted_proxies", access.proxy_ranges);
  for (const std::string& range : access.proxy_ranges) {
    if (range.empty()) in.Fail("web.trusted_proxies", "must not contain an empty text");
    try {
      access.trusted_proxies.Add({"", AddressRange(range)});
    } catch (const Error& e) {
      in.Fail("web.trusted_proxies", e.what());
    }
  }
}

}  // namespace

const char* WebAccessName(WebAccess access) { return kModes.at(static_cast<std::size_t>(access)); }

AccessConfig ReadAccessConfig(ConfigReader& in) {
  AccessConfig access;
  std::vector<std::string> mode{WebAccessName(access.mode)};
  in.Text("web.access", mode.front());
  in.CheckWords("web.access", mode, {kModes.begin(), kModes.end()});
  access.mode = static_cast<WebAccess>(std::ranges::find(kModes, mode.front()) - kModes.begin());
  ReadHostNames(in, access.host_names);
  ReadProxies(in, access);
  ReadFieldName(in, "web.user_field", access.user_field);
  ReadFieldName(in, "web.role_field", access.role_field);
  for (std::size_t i = 0; i < access.role_groups.size(); ++i) {
    in.Texts(std::string("web.role_groups.") + RoleName(static_cast<Role>(i)),
             access.role_groups[i]);
  }
  in.Seconds("web.session_limit_s", access.session_limit, 60, 604'800);
  in.Seconds("web.session_idle_s", access.session_idle, 1, 86'400);
  return access;
}

bool IsLoopback(const std::string& address) {
  return AddressRange("127.0.0.0/8").Contains(address) || AddressRange("::1").Contains(address);
}

void CheckAccess(const WebConfig& web) {
  if (!web.enabled) return;
  const AccessConfig& access = web.access;
  const bool apart = IsLoopback(web.address);
  if (access.mode == WebAccess::kOpen && !apart && web.allow.empty() && web.token_file.empty()) {
    throw Error(ErrorCode::kUsage,
                "web.access is \"open\": everyone who can connect to " + web.address +
                    " could see and change everything",
                {},
                "set web.access to \"accounts\" or \"proxy\", set web.token_file, or name the "
                "clients in [[web.allow]]");
  }
  if (access.mode == WebAccess::kAccounts && !apart && !web.tls.on() &&
      access.proxy_ranges.empty()) {
    throw Error(ErrorCode::kUsage,
                "web.access is \"accounts\" without TLS, so that passwords could be read on the "
                "network",
                {}, "configure [web.tls], or name the proxy that ends TLS in web.trusted_proxies");
  }
  if (access.mode == WebAccess::kProxy && access.proxy_ranges.empty()) {
    throw Error(ErrorCode::kUsage, "web.access is \"proxy\", and no proxy is trusted", {},
                "name its address in web.trusted_proxies");
  }
}

}  // namespace mhcnn
