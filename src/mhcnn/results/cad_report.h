#pragma once

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// Returns a Mammography CAD SR (PS3.16 TID 4000) of an exam: its percent densities by side, and
/// for each image the composition with the outlines of breast and pectoral muscle. Throws
/// Error(kUnsupported) if the template cannot be met: no image has masks, or a measured image has
/// no side, view or Patient Orientation.
DicomObject MakeCadReport(const ExamResults& exam);

/// Returns the closed outline of the largest part of a mask as column, row, column, row, ...: in
/// pixels from the image's upper left corner, so that the middle of its first pixel is 0.5, 0.5;
/// each point within `tolerance` pixels of the mask's border. Empty for an empty mask.
std::vector<float> TraceOutline(const Mask& mask, double tolerance = 2);

}  // namespace mhcnn
