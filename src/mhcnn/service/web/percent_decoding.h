#pragma once

#include <string>
#include <string_view>

namespace mhcnn {

/// Returns a text with its escapes decoded: "a%20b" is "a b" (RFC 3986 section 2.1). Throws
/// HttpError(400) that names `where`, such as "the path", for a wrong escape.
std::string DecodePercentEscapes(std::string_view raw, std::string_view where);

}  // namespace mhcnn
