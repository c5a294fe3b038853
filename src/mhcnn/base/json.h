#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace mhcnn {

/// Parses JSON from any source. Throws Error(kCorrupt) for text that is not JSON, and for more than
/// 64 levels of nesting: the copy of a value needs stack for each level.
nlohmann::json ParseJson(std::string_view text);

}  // namespace mhcnn
