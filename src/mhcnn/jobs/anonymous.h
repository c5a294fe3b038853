#pragma once

namespace mhcnn {

/// The name of whoever asks where the node asks nobody for a name (`web.access` open). Nobody has
/// an account of this name.
inline constexpr const char* kAnonymous = "anonymous";

}  // namespace mhcnn
