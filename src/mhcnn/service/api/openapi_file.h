#pragma once

#include <string_view>

namespace mhcnn {

/// Returns docs/api/openapi.json as it was when this program was built.
std::string_view OpenApiFile();

}  // namespace mhcnn
