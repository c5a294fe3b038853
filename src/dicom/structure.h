#pragma once

#include <filesystem>

namespace mhcnn {

/// Limits that a file is held to before the toolkit parses it, which recurses into sequences and
/// takes memory for every item.
inline constexpr int kMaxDicomItems = 100'000;
inline constexpr int kMaxDicomDepth = 64;

/// Throws Error: kNotFound; kCorrupt where the file is empty or a folder; kLimit where sequences
/// are nested deeper or hold more items than the limits, or deflated data grow beyond
/// what an image within kMaxPixels can need. `with_pixels`: look at the whole file, not only at its
/// beginning.
void CheckDicomStructure(const std::filesystem::path& path, bool with_pixels);

}  // namespace mhcnn
