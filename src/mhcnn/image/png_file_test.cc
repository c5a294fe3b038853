#include "mhcnn/image/png_file.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

int Differences(const cv::Mat& a, const cv::Mat& b) {
  if (a.size() != b.size() || a.type() != b.type()) return -1;
  return cv::countNonZero(a.reshape(1) != b.reshape(1));
}

cv::Mat Noise(int rows, int columns, int type) {
  cv::Mat noise(rows, columns, type);
  cv::RNG random(7);
  random.fill(noise, cv::RNG::UNIFORM, 0, 70000);
  return noise;
}

// The judge is OpenCV's decoder.
TEST(PngFile, OpenCvReadsTheSamePixels) {
  for (const int type : {CV_8UC1, CV_8UC3, CV_16UC1}) {
    const cv::Mat image = Noise(33, 21, type);
    EXPECT_EQ(Differences(cv::imdecode(EncodePngFile(image), cv::IMREAD_UNCHANGED), image), 0)
        << type;
    const cv::Mat part = image(cv::Rect(3, 5, 10, 7));  // its rows are not one after the other
    EXPECT_EQ(Differences(cv::imdecode(EncodePngFile(part), cv::IMREAD_UNCHANGED), part), 0);
  }
  EXPECT_THROW(EncodePngFile(Noise(2, 2, CV_32FC1)), Error);
}

TEST(PngFile, LabelMapOfTwoBitsIsReadAsEightBits) {
  for (const int columns : {1, 2, 3, 4, 5, 8, 131}) {
    cv::Mat1b labels(40, columns);
    cv::RNG random(static_cast<unsigned>(columns));
    for (auto& label : labels) label = static_cast<uchar>(85 * random.uniform(0, 4));
    const auto png = EncodeLabelPng(labels);
    // IHDR (PNG 11.2.2): bit depth 2, colour type 0.
    EXPECT_EQ(png.at(24), 2);
    EXPECT_EQ(png.at(25), 0);
    EXPECT_EQ(Differences(cv::imdecode(png, cv::IMREAD_UNCHANGED), labels), 0) << columns;
  }
}

TEST(PngFile, LabelMapOfRunsIsSmallerThanOfEightBits) {
  cv::Mat1b labels(800, 640, uchar{0});
  cv::ellipse(labels, {0, 400}, {400, 300}, 0, -90, 90, 85, cv::FILLED);
  cv::ellipse(labels, {100, 400}, {150, 120}, 0, 0, 360, 170, cv::FILLED);
  EXPECT_LT(EncodeLabelPng(labels).size(), 0.8 * EncodePngFile(labels).size());
}

TEST(PngFile, RefusesWhatIsNoLabel) {
  for (const int value : {1, 64, 84, 86, 128, 254}) {
    for (const int column : {0, 4}) {  // in whole bytes and in the rest of a line
      cv::Mat1b labels(2, 5, uchar{85});
      labels(1, column) = static_cast<uchar>(value);
      EXPECT_THROW(EncodeLabelPng(labels), Error) << value;
    }
  }
}

}  // namespace
}  // namespace mhcnn
