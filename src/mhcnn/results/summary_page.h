#pragma once

#include <opencv2/core.hpp>

#include "mhcnn/results/page_text.h"

namespace mhcnn {

/// Size of the page in pixels: a mammography display of 5 megapixels, upright.
inline constexpr int kPageWidth = 2048, kPageHeight = 2560;

/// Draws the page of an exam, 8-bit BGR: category, percent, the images with outlines, a scale with
/// the intervals, remarks. All that is written on it is in `text`, which MakePageText made of the
/// exam.
cv::Mat3b DrawSummaryPage(const ExamResults& exam, const PageText& text);

}  // namespace mhcnn
