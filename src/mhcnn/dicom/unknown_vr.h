#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mhcnn {

/// Names a VR for elements whose VR is none of the standard's (PS3.5 6.2), which the toolkit cannot
/// step over: private elements of some writers, or damage of two letters. Whether such an element
/// has a length of 16 or 32 bits, what follows it tells: the next element must have a VR that is
/// known. The bytes keep their places: two letters change for each. `file` is a whole file in
/// explicit VR little endian, compressed or not; empty where there is nothing to change.
std::vector<std::uint8_t> NameUnknownVrs(std::span<const std::uint8_t> file);

}  // namespace mhcnn
