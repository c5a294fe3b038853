#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <opencv2/core.hpp>
#include <string>

#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/header_changes.h"

// What the stored values of a 12-bit file should look like, by the formulas of PS3.3 C.11.2.1.2
// for a window of centre 2000 and width 3000.
namespace mhcnn::testing_support {

inline double ClampedGrey(double fraction) {
  return 65535 * std::min(1.0, std::max(0.0, fraction));
}
inline double Linear(int x) { return ClampedGrey((x - 1999.5) / 2999 + 0.5); }
inline double Exact(int x) { return ClampedGrey((x - 2000) / 3000.0 + 0.5); }
inline double Sigmoid(int x) { return 65535 / (1 + std::exp(-4 * (x - 2000) / 3000.0)); }
inline double Stored(int x) { return x; }

/// Returns the largest difference to that file's picture with the grey of each stored value.
inline double Difference(const Mammogram& read, const std::function<double(int)>& grey) {
  GreyImage picture = Disc(40, 32, 12).pixels;
  for (auto& value : picture) value = static_cast<std::uint16_t>(std::lround(grey(value)));
  return cv::norm(read.pixels, picture, cv::NORM_INF);
}

/// Returns a change that adds a window; null leaves an element out.
inline Change WithWindow(const char* center, const char* width, const char* function = nullptr) {
  return [=](DcmDataset& d) {
    if (center != nullptr) d.putAndInsertString(DCM_WindowCenter, center);
    if (width != nullptr) d.putAndInsertString(DCM_WindowWidth, width);
    if (function != nullptr) d.putAndInsertString(DCM_VOILUTFunction, function);
  };
}

}  // namespace mhcnn::testing_support
