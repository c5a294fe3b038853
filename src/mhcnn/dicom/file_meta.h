#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mhcnn {

/// What the file meta information (PS3.10 7.1) says, and where it ends.
struct FileMeta {
  std::size_t end = 0;  ///< where the data set begins
  /// UIDs of transfer syntax and SOP class; "" if they are missing.
  std::string syntax, sop_class;
  /// Its group length is wrong, or its elements are in implicit VR: the toolkit does not read it.
  bool odd = false;
};

/// Reads preamble and file meta information, where there are any. Never throws.
FileMeta ReadFileMeta(std::span<const std::uint8_t> file);

}  // namespace mhcnn
