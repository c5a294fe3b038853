#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mhcnn {

/// Converts text of an element to UTF-8. `terms` are the values of Specific Character Set
/// (0008,0005; PS3.3 C.12.1.1.2): single-byte sets, UTF-8, GB18030, GBK, and code extensions by
/// escape sequences (ISO 2022, PS3.5 6.1.2.5) for Japanese, Korean, Chinese and the single-byte
/// sets. Other punctuation of terms is accepted too ("ISO_IR_100", "utf-8"). Escape sequences are
/// followed without a term that allows them. A backslash in the result always separates two values.
/// Text that is not in its set is returned as UTF-8 where it is UTF-8, else unchanged.
std::string DecodeText(std::string_view raw, const std::vector<std::string>& terms);

}  // namespace mhcnn
