#pragma once

#include <opencv2/core.hpp>

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// Makes a Secondary Capture Image (1.2.840.10008.5.1.4.1.1.7) of the summary page of an exam: RGB
/// of 8 bits, not compressed. Only the header names the patient, not the pixels. Its Modality is
/// OT, or MG if the options say so.
///
/// `page`: the page that DrawSummaryPage made of the exam.
DicomObject MakeSecondaryCapture(const ExamResults& exam, const cv::Mat3b& page);

}  // namespace mhcnn
