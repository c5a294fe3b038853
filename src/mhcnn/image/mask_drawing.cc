#include "mhcnn/image/mask_drawing.h"

#include <opencv2/imgproc.hpp>
#include <vector>

namespace mhcnn {

void DrawMaskOutline(cv::Mat3b& canvas, const Mask& mask, const cv::Scalar& colour, int thickness) {
  std::vector<std::vector<cv::Point>> contours;
  cv::findContours(mask, contours, cv::RETR_CCOMP, cv::CHAIN_APPROX_NONE);
  cv::drawContours(canvas, contours, -1, colour, thickness, cv::LINE_AA);
}

void TintMask(cv::Mat3b& canvas, const Mask& mask, const cv::Scalar& colour, double strength) {
  cv::Mat3b tinted(canvas.size(),
                   cv::Vec3b(static_cast<uchar>(colour[0]), static_cast<uchar>(colour[1]),
                             static_cast<uchar>(colour[2])));
  cv::addWeighted(canvas, 1 - strength, tinted, strength, 0, tinted);
  tinted.copyTo(canvas, mask);
}

}  // namespace mhcnn
