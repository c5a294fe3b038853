#pragma once

#include <cstdio>
#include <numeric>
#include <string>

namespace mhcnn::testing_support {

/// Makes one entry of a ustar file (POSIX 1003.1): a header of 512 bytes and the content in blocks.
inline std::string TarEntry(const std::string& name, const std::string& content) {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    header.replace(at, text.size(), text);
  };
  char size[12];
  std::snprintf(size, sizeof size, "%011zo", content.size());
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, size);
  put(136, "00000000000");
  put(148, "        ");
  put(156, "0");
  put(257, std::string("ustar\00000", 8));
  const unsigned sum = std::accumulate(
      header.begin(), header.end(), 0u,
      [](unsigned so_far, char c) { return so_far + static_cast<unsigned char>(c); });
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  put(148, std::string(text, 7) + ' ');
  return header + content + std::string((512 - content.size() % 512) % 512, '\0');
}

}  // namespace mhcnn::testing_support
