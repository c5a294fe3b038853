#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mhcnn {

/// Content of a result object, in lines to read; it never names the patient.
struct ObjectText {
  std::string kind;                  ///< "DICOM Segmentation", "DICOM Structured Report"
  std::string title;                 ///< concept name of an SR; description of a SEG
  std::vector<std::string> lines;    ///< segments with their pixels; the content items of an SR
  std::vector<std::string> sources;  ///< SOP Instance UIDs of the images that it describes
};

/// Describes a Segmentation or a Structured Report, whoever made it; returns nothing for another
/// DICOM file. Throws what LoadDicom throws, and kCorrupt if such a document cannot be read.
std::optional<ObjectText> DescribeObject(const std::filesystem::path& path);

}  // namespace mhcnn
