#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mhcnn {

/// Returns the text with the characters replaced that have a meaning in HTML, for content and
/// quoted attributes.
std::string EscapeHtml(std::string_view text);

/// Returns the bytes in Base64 (RFC 4648, section 4), for data URLs.
std::string Base64(const std::vector<std::uint8_t>& bytes);

}  // namespace mhcnn
