#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace mhcnn {

/// Parses JSON that may come from anyone. Throws Error(kCorrupt) for what is none, and for more
/// than 64 levels of nesting: copying a value takes stack for each.
nlohmann::json ParseJson(std::string_view text);

}  // namespace mhcnn
