#pragma once

#include <opencv2/core.hpp>

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// Makes the summary page of an exam a Secondary Capture Image (1.2.840.10008.5.1.4.1.1.7): RGB of
/// 8 bits, not compressed. The patient is named by the header alone, not by the pixels. Its
/// Modality is OT, or MG where the options say so.
///
/// `page`: what DrawSummaryPage made of the exam.
DicomObject MakeSecondaryCapture(const ExamResults& exam, const cv::Mat3b& page);

}  // namespace mhcnn
