#pragma once

#include <vector>

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// Returns an Imaging Measurement Report (PS3.16 TID 1500) of an exam: the image library; with
/// `segments`, a group for each segment of each image with its area (TID 1410); a group for each
/// image, breast and the exam with percent, interval and category (TID 1501); and the statements in
/// words. `segments`: the SEG object of each image of the exam, without bytes, or none at all; for
/// an image without one, sop_uid is empty. Comprehensive SR, or Comprehensive 3D SR by the options.
DicomObject MakeMeasurementReport(const ExamResults& exam,
                                  const std::vector<DicomObject>& segments);

}  // namespace mhcnn
