#include "mhcnn/results/overlay.h"

#include <gtest/gtest.h>

#include "mhcnn/testing/backends.h"

namespace mhcnn {
namespace {

using testing_support::AnalyzeHalfEllipse;
using testing_support::DrawHalfEllipse;

TEST(Overlay, DrawsOutlinesAndKeepsBreastFree) {
  const Mammogram mammogram = DrawHalfEllipse();
  const Result r = AnalyzeHalfEllipse();
  const cv::Mat3b overlay = DrawOverlay(mammogram.pixels, r);
  EXPECT_EQ(overlay.cols, 500);
  int coloured = 0;
  for (const auto& pixel : overlay) coloured += std::abs(pixel[0] - pixel[2]) > 60;
  EXPECT_GT(coloured, 2000);
  // With tissue everywhere the panel goes below the picture.
  Result full = r;
  full.breast.setTo(255);
  EXPECT_GT(DrawOverlay(mammogram.pixels, full).rows, 800);
  EXPECT_EQ(cv::countNonZero(LabelMap(r) == 170), cv::countNonZero(r.dense));
}

}  // namespace
}  // namespace mhcnn
