#pragma once

#include <opencv2/core.hpp>

namespace mhcnn {

/// Decodes a picture file as cv::imdecode does; `flags` are its cv::ImreadModes.
///
/// Debian's imgcodecs brings GDAL and 65 other libraries, which take 0.15 s to load: more than a
/// mammogram takes to be measured. The program loads it here, at the first picture that
/// needs it; a program that is linked with it (libmhcnn, the tests) has it already. Thread-safe.
/// Throws Error(kUnsupported) where the library cannot be loaded, and what cv::imdecode throws.
cv::Mat DecodeByOpenCv(const cv::Mat& bytes, int flags);

}  // namespace mhcnn
