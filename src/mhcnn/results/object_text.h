#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mhcnn {

/// What a result object says, in lines to read; never the patient.
struct ObjectText {
  std::string kind;                  ///< "DICOM Segmentation", "DICOM Structured Report"
  std::string title;                 ///< of an SR: its concept name; of a SEG: its description
  std::vector<std::string> lines;    ///< segments with their pixels; the content items of an SR
  std::vector<std::string> sources;  ///< SOP Instance UIDs of the images it is of
};

/// Nothing where the DICOM file is neither a Segmentation nor a Structured Report, whoever made it.
/// Throws what LoadDicom throws, and kCorrupt where such a document cannot be read.
std::optional<ObjectText> DescribeObject(const std::filesystem::path& path);

}  // namespace mhcnn
