#pragma once

#include <filesystem>
#include <vector>

namespace mhcnn {

/// Is this the index of a DICOM medium, by its fixed name (PS3.10 8.6)?
bool IsDicomDir(const std::filesystem::path& path);

/// The image files that a DICOMDIR refers to (Referenced File ID (0004,1500), PS3.3 F.3), whether
/// they exist or not; each within the DICOMDIR's folder. Throws Error: kNotFound, kCorrupt, kLimit.
std::vector<std::filesystem::path> ReadDicomDir(const std::filesystem::path& path);

}  // namespace mhcnn
