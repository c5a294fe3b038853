#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

namespace mhcnn {

/// Encodes an image as a PNG file: 8 bits with one channel or three (BGR), or 16 bits with one.
/// Throws Error(kInternal) for another image.
std::vector<std::uint8_t> EncodePngFile(const cv::Mat& image);

/// Encodes a label map (image/tissue_label.h) as a PNG file of 2 bits a pixel, grey. The format
/// defines the four levels of 2 bits as 0, 85, 170 and 255 of 8 bits (PNG 13.12), which are the
/// labels: decoders give the same pixels as of a file of 8 bits. Throws Error(kInternal) where
/// there is another value.
std::vector<std::uint8_t> EncodeLabelPng(const cv::Mat1b& labels);

}  // namespace mhcnn
