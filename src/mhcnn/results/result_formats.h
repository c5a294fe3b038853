#pragma once

#include <set>
#include <string>

namespace mhcnn {

/// What `mhcnn predict` can write; csv and json are written always.
enum class ResultFormat {
  kCsv,
  kJson,
  kSeg,   ///< DICOM Segmentation, one for each image
  kSr,    ///< DICOM Structured Report, TID 1500, one for each exam
  kCad,   ///< DICOM Mammography CAD SR, TID 4000, one for each exam
  kSc,    ///< DICOM Secondary Capture: a page for each exam
  kFhir,  ///< FHIR R4 bundle, one for each exam
};
const char* ResultFormatName(ResultFormat format);  ///< "seg"

/// Formats of a list with commas, as `csv,json,seg`; "all" is each of them. Case makes no
/// difference. Always holds csv and json. Throws Error(kUsage), which lists the names.
std::set<ResultFormat> ParseResultFormats(const std::string& text);

/// Any that is written for each exam.
bool HasObjects(const std::set<ResultFormat>& formats);

}  // namespace mhcnn
