#pragma once

#include <cstdlib>
#include <string>

namespace mhcnn::testing_support {

/// Returns the text of a figure as shown: PLplot writes each character as a reference ("&#x41;").
inline std::string ShownSvg(const std::string& svg) {
  std::string shown;
  for (std::size_t at = 0; at < svg.size();) {
    const std::size_t end = svg.compare(at, 3, "&#x") == 0 ? svg.find(';', at) : std::string::npos;
    if (end == std::string::npos) {
      shown += svg[at++];
      continue;
    }
    shown += static_cast<char>(std::strtol(svg.c_str() + at + 3, nullptr, 16));
    at = end + 1;
  }
  return shown;
}

}  // namespace mhcnn::testing_support
