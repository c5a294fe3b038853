#pragma once

#include <string>
#include <string_view>

namespace mhcnn {

/// Text of a file as one line of UTF-8 to print: without control characters; text that is not UTF-8
/// is taken for Latin-1, which never fails.
std::string PrintableText(std::string_view raw);

}  // namespace mhcnn
