#pragma once

#include <filesystem>
#include <vector>

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// Reads the SR documents of a file, or of a folder and the folders in it, which a correction names
/// as its predecessors (Predecessor Documents Sequence (0040,A360)). Files of a folder that are not
/// SR documents of this program are skipped. Throws Error: kNotFound, kUsage if none.
std::vector<ObjectOptions::Predecessor> ReadPredecessors(const std::filesystem::path& path);

}  // namespace mhcnn
