#pragma once

#include "mhcnn/draw/canvas.h"
#include "mhcnn/results/exam_results.h"

namespace mhcnn::page {

/// Draws the images with their outlines into `area`, chest wall to chest wall, all at one scale if
/// each has a pixel spacing, with a ruler and the meaning of the outlines below.
void DrawViews(Canvas& canvas, const cv::Rect2d& area, const ExamResults& exam);

/// Returns the border of a mask as closed lines, in pixels of the mask.
Outlines MaskOutlines(const Mask& mask);

}  // namespace mhcnn::page
