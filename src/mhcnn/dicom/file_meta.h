#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mhcnn {

/// Content of the file meta information (PS3.10 7.1), and its end.
struct FileMeta {
  std::size_t end = 0;  ///< position at which the data set begins
  /// UIDs of transfer syntax and SOP class; "" if they are missing.
  std::string syntax, sop_class;
  /// Whether the group length is wrong or elements have implicit VR: the toolkit cannot read it.
  bool odd = false;
};

/// Reads preamble and file meta information, where there are any. Never throws.
FileMeta ReadFileMeta(std::span<const std::uint8_t> file);

}  // namespace mhcnn
