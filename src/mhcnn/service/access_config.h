#pragma once

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "mhcnn/jobs/role.h"
#include "mhcnn/service/peer_list.h"

namespace mhcnn {

class ConfigReader;
struct WebConfig;

/// Identification of clients at the HTTP port.
enum class WebAccess {
  kOpen,      ///< none: every client may do everything
  kAccounts,  ///< by names and passwords of `mhcnn users` and tokens of `mhcnn tokens`
  kProxy,     ///< by header fields of a trusted proxy, and tokens
};

/// Returns the word of `web.access`: "accounts".
const char* WebAccessName(WebAccess access);

/// The keys of `[web]` about permissions.
struct AccessConfig {
  WebAccess mode = WebAccess::kOpen;         ///< `web.access`
  std::vector<std::string> host_names;       ///< `web.host_names`, in lower case
  std::vector<std::string> proxy_ranges;     ///< `web.trusted_proxies` as they are written
  PeerList trusted_proxies;                  ///< `web.trusted_proxies`
  std::string user_field = "x-remote-user";  ///< `web.user_field`, in lower case
  std::string role_field = "x-remote-role";  ///< `web.role_field`, in lower case
  /// `web.role_groups.reader` and so on, in the order of Role: groups of the proxy that have it.
  std::array<std::vector<std::string>, 4> role_groups;
  std::chrono::milliseconds session_limit{43'200'000};  ///< `web.session_limit_s`: 12 hours
  std::chrono::milliseconds session_idle{1'800'000};    ///< `web.session_idle_s`: 30 minutes
};

/// Reads these keys. Throws Error(kUsage) that names the key.
AccessConfig ReadAccessConfig(ConfigReader& in);

/// Returns whether a numeric address is of this machine alone.
bool IsLoopback(const std::string& address);

/// Throws Error(kUsage) if the address, the lists, TLS and the kind of access leave patients' data
/// or passwords unprotected.
void CheckAccess(const WebConfig& web);

}  // namespace mhcnn
