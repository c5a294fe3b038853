#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// Makes a FHIR R4 bundle (collection) of an exam as JSON text: DiagnosticReport, Observations of
/// exam, breasts and images, Device, ImagingStudy and, where the files state a Patient ID, a
/// Patient with only this. Without a reader's result all is "preliminary".
///
/// `objects`: DICOM objects of the exam that the ImagingStudy lists; their bytes are not needed.
/// `page`: the summary page (BGR) for the report's presented form; none if it is empty. The
/// identifiers follow from exam and objects alone. Times are given as dates, as most files state no
/// time zone.
std::string MakeFhirBundle(const ExamResults& exam, const std::vector<DicomObject>& objects,
                           const cv::Mat3b& page = {});

}  // namespace mhcnn
