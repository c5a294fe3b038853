#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "mhcnn/results/exam_results.h"
#include "mhcnn/results/result_formats.h"

namespace mhcnn {

/// A file of results, not yet written.
struct ObjectFile {
  std::filesystem::path name;  ///< below the folder of its exam: "seg-R-MLO.dcm", "sr.dcm"
  std::vector<std::uint8_t> bytes;
};

/// What the formats need of each image.
bool NeedsLabels(const std::set<ResultFormat>& formats);
bool NeedsPictures(const std::set<ResultFormat>& formats);

/// All objects of an exam in these formats, in the order in which they are to be sent: what others
/// refer to comes first. Each follows from the exam alone. csv and json are none of them. Throws
/// Error where one cannot be made.
std::vector<ObjectFile> MakeObjects(const ExamResults& exam, const std::set<ResultFormat>& formats);

}  // namespace mhcnn
