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
  std::filesystem::path name;  ///< path below the folder of its exam: "seg-R-MLO.dcm", "sr.dcm"
  /// Content of the file.
  std::vector<std::uint8_t> bytes;
};

/// Returns whether a format needs the labels of images. Pixels of picture files are always needed.
bool NeedsLabels(const std::set<ResultFormat>& formats);
/// Returns whether a format draws the image.
bool NeedsPictures(const std::set<ResultFormat>& formats);

/// Returns whether MakeObjects gives this name to a file.
bool IsObjectName(const std::string& name);

/// The objects of an exam.
struct ExamObjects {
  std::vector<ObjectFile> files;      ///< files in the order of sending
  std::vector<std::string> left_out;  ///< formats that do not fit this exam, each with the reason
};

/// Makes all objects of an exam in these formats: objects that others refer to come first. Each
/// follows from the exam alone. csv and json are not among them. An SR refers to SEG objects only
/// if they are among the formats; picture files come as Secondary Capture images, so that
/// references to them can be resolved. Throws Error if one cannot be made.
ExamObjects MakeObjects(const ExamResults& exam, const std::set<ResultFormat>& formats);

}  // namespace mhcnn
