#pragma once

#include <filesystem>
#include <vector>

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// The SR documents of a file, or of a folder and the folders in it: what a correction names as its
/// predecessors (Predecessor Documents Sequence (0040,A360)). Files of a folder that are no SR
/// documents of this program are passed over. Throws Error: kNotFound, kUsage where there is none.
std::vector<ObjectOptions::Predecessor> ReadPredecessors(const std::filesystem::path& path);

}  // namespace mhcnn
