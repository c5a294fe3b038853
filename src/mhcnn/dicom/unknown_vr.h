#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mhcnn {

/// Replaces the VR of elements whose VR is not in the standard (PS3.5 6.2), which the toolkit
/// cannot skip: private elements of some writers, or damage of two letters. The bytes that follow
/// show whether such an element has a length of 16 or 32 bits: the next element must have a known
/// VR. The bytes keep their places: two letters change for each. `file` is a whole file in explicit
/// VR little endian, compressed or not. Returns an empty vector where there is nothing to change.
std::vector<std::uint8_t> ReplaceUnknownVrs(std::span<const std::uint8_t> file);

}  // namespace mhcnn
