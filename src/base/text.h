#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mhcnn {

/// Text of a file as one line of UTF-8 to print: without control characters; text that is not UTF-8
/// is taken for Latin-1, which never fails.
std::string PrintableText(std::string_view raw);

/// FNV-1a hash of 64 bits, going on from `hash`: to tell whether something changed, not against
/// forgery.
std::uint64_t Fnv1a(std::string_view bytes, std::uint64_t hash = 0xcbf29ce484222325);
/// As 16 hexadecimal digits.
std::string HexDigits(std::uint64_t value);

}  // namespace mhcnn
