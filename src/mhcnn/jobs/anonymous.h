#pragma once

namespace mhcnn {

/// Name of every client if the node does not ask clients for a name (`web.access` open). No account
/// has this name.
inline constexpr const char* kAnonymous = "anonymous";

}  // namespace mhcnn
