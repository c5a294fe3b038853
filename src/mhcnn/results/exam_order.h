#pragma once

#include <vector>

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// Sorts the images of an exam as they hang (right before left, CC before MLO, then by SOP Instance
/// UID and path) and sets their numbers, which ExamImage::Name() uses.
void SortAndNumber(std::vector<ExamImage>& images);

}  // namespace mhcnn
