#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mhcnn {

/// A PNG with a text of the keyword "Software" set before its pixels (PNG 11.3.4.3, tEXt), by which
/// what this program draws is known again. `png` must be a PNG; `software` Latin-1.
std::vector<std::uint8_t> WithSoftware(std::vector<std::uint8_t> png, const std::string& software);
/// That text, where it stands within the first bytes of a PNG as WithSoftware sets it; else "".
std::string SoftwareOf(std::span<const std::uint8_t> head);

/// Value of the PNG text "Software" in overlays that mhcnn writes.
inline constexpr const char* kOverlaySoftware = "mhcnn overlay";
/// Value of the PNG text "Software" in masks that mhcnn writes.
inline constexpr const char* kMaskSoftware = "mhcnn mask";
/// Number of bytes at the beginning of a file that SoftwareOf needs.
inline constexpr std::size_t kSoftwareHead = 128;

}  // namespace mhcnn
