#pragma once

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// A picture file as a Secondary Capture image in grey (PS3.3 A.8.1), with the UIDs that its
/// header was given, so that what refers to it finds it: pixels as they were measured, 16 bits.
/// Takes ExamImage::picture.
DicomObject MakeSourceCapture(const ExamResults& exam, const ExamImage& image);

}  // namespace mhcnn
