#pragma once

#include <filesystem>
#include <vector>

namespace mhcnn {

/// Returns whether a file is the index of a DICOM medium, by its fixed name (PS3.10 8.6), in any
/// case, with a version (";1"), or with an extension and DICOM within.
bool IsDicomDir(const std::filesystem::path& path);

/// Returns the image files that a DICOMDIR refers to (Referenced File ID
/// (0004,1500), PS3.3 F.3), whether they exist or not; each within the DICOMDIR's
/// folder. Names are found in any case, with a version (";1") and, where the file is
/// DICOM, with an added or another extension. Throws Error: kNotFound, kCorrupt,
/// kLimit.
std::vector<std::filesystem::path> ReadDicomDir(const std::filesystem::path& path);

}  // namespace mhcnn
