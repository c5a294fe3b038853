#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mhcnn {

/// Returns a PNG with a text of the keyword "Software" set before its pixels (PNG 11.3.4.3, tEXt),
/// by which images that this program draws are recognised. `png` must be a PNG; `software` Latin-1.
std::vector<std::uint8_t> AddPngSoftware(std::vector<std::uint8_t> png,
                                         const std::string& software);
/// Returns that text, if it is in the first bytes of a PNG as AddPngSoftware sets it; else "".
std::string ReadPngSoftware(std::span<const std::uint8_t> head);

/// Value of the PNG text "Software" in overlays that mhcnn writes.
inline constexpr const char* kOverlaySoftware = "mhcnn overlay";
/// Value of the PNG text "Software" in masks that mhcnn writes.
inline constexpr const char* kMaskSoftware = "mhcnn mask";
/// Number of bytes at the beginning of a file that ReadPngSoftware needs.
inline constexpr std::size_t kSoftwareHead = 128;

}  // namespace mhcnn
