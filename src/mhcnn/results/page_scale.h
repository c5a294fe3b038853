#pragma once

#include <vector>

#include "mhcnn/draw/canvas.h"
#include "mhcnn/results/page_text.h"

namespace mhcnn::page {

/// Draws the percent densities with their intervals on one scale from 0 to 100 %, a line for each
/// image, breast and the exam, with figures next to it.
void DrawScale(Canvas& canvas, const cv::Rect2d& area, const std::vector<ScaleRow>& rows);

}  // namespace mhcnn::page
