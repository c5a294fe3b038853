#pragma once

#include <array>

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// Number of segments and frames of a SEG object: 1 breast without pectoral muscle, 2 dense tissue
/// (which lies in 1), 3 pectoral muscle.
inline constexpr int kSegments = 3;
/// Returns the name of a segment in both SEG and SR (Tracking ID): "R MLO dense tissue".
std::string TrackingId(const ExamImage& image, int segment);
/// Returns the Tracking UID of a segment, the same in SEG and SR.
std::string TrackingUid(const ExamResults& exam, const ExamImage& image, int segment);
/// Returns the number of pixels of each segment at the image's size.
std::array<std::size_t, kSegments> SegmentPixels(const cv::Mat1b& labels);

/// Makes a Segmentation (PS3.3 A.51, BINARY) of one image that has labels: one frame a segment, at
/// the image's size or, by ObjectOptions::seg_scale, of each block of pixels the one in its middle.
/// There is no Frame of Reference, as a projection has none; the image is referenced.
DicomObject MakeSegmentation(const ExamResults& exam, const ExamImage& image);

/// Returns the bits of all frames, one bit a pixel, packed from the least significant bit on
/// without padding between frames (PS3.5 8.2); an even number of bytes.
std::vector<std::uint8_t> PackFrames(const cv::Mat1b& labels);

}  // namespace mhcnn
