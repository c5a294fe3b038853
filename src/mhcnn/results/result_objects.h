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
  /// Content of the file.
  std::vector<std::uint8_t> bytes;
};

/// What the formats need of each image. Of picture files the picture is needed in any case.
bool NeedsLabels(const std::set<ResultFormat>& formats);
/// Returns whether a format draws the image.
bool NeedsPictures(const std::set<ResultFormat>& formats);

/// Is it a name that MakeObjects gives to a file?
bool IsObjectName(const std::string& name);

/// The objects of an exam.
struct ExamObjects {
  std::vector<ObjectFile> files;      ///< in the order in which they are to be sent
  std::vector<std::string> left_out;  ///< formats that do not fit this exam, each with the reason
};

/// All objects of an exam in these formats: what others refer to comes first. Each follows from the
/// exam alone. csv and json are none of them. An SR refers to SEG objects only where they are among
/// the formats; picture files come as Secondary Capture images, so that references to them lead
/// somewhere. Throws Error where one cannot be made.
ExamObjects MakeObjects(const ExamResults& exam, const std::set<ResultFormat>& formats);

}  // namespace mhcnn
