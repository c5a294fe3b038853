#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mhcnn {

/// Text with the characters that HTML gives a meaning of its own replaced, for content and quoted
/// attributes.
std::string HtmlText(std::string_view text);

/// RFC 4648, section 4, for data URLs.
std::string Base64(const std::vector<std::uint8_t>& bytes);

}  // namespace mhcnn
