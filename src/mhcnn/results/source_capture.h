#pragma once

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// Makes a Secondary Capture image in grey (PS3.3 A.8.1) of a picture file, with the UIDs that its
/// header was given, so that references to it can be resolved: pixels as they were measured, 16
/// bits. Reads ExamImage::picture.
DicomObject MakeSourceCapture(const ExamResults& exam, const ExamImage& image);

}  // namespace mhcnn
