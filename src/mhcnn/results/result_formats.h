#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mhcnn {

/// Formats that `mhcnn predict` can write; csv and json are always written.
enum class ResultFormat {
  kCsv,
  kJson,
  kSeg,   ///< DICOM Segmentation, one for each image
  kSr,    ///< DICOM Structured Report, TID 1500, one for each exam
  kCad,   ///< DICOM Mammography CAD SR, TID 4000, one for each exam
  kSc,    ///< DICOM Secondary Capture: a page for each exam
  kFhir,  ///< FHIR R4 bundle, one for each exam
};
/// Returns the word of a format on the command line and in a configuration: "seg".
const char* ResultFormatName(ResultFormat format);
/// Returns the words of several formats, in the order of the enumeration.
std::vector<std::string> ResultFormatNames(const std::set<ResultFormat>& formats);
/// Returns the format of a word in lower case; nothing if no format has it.
std::optional<ResultFormat> FindResultFormat(std::string_view name);

/// Returns the formats of a list with commas, as `csv,json,seg`; "all" is each of them. Case makes
/// no difference. Always contains csv and json. Throws Error(kUsage), which lists the names.
std::set<ResultFormat> ParseResultFormats(const std::string& text);

/// Returns whether any format is written for each exam.
bool HasObjects(const std::set<ResultFormat>& formats);

}  // namespace mhcnn
