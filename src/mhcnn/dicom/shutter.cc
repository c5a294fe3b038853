#include "mhcnn/dicom/shutter.h"

#include <opencv2/imgproc.hpp>

namespace mhcnn {
namespace {

/// A shutter that shows less of the picture than this is not believed.
constexpr double kMinShown = 0.05;
constexpr unsigned long kMaxVertices = 4096;

/// Scale from the file's rows and columns, which start at 1, to pixels of another picture size.
class Scale {
 public:
  Scale(cv::Size file, cv::Size picture)
      : x_(static_cast<double>(picture.width) / file.width),
        y_(static_cast<double>(picture.height) / file.height) {}
  cv::Point At(double row, double column) const {
    return {cvRound((column - 0.5) * x_ - 0.5), cvRound((row - 0.5) * y_ - 0.5)};
  }
  cv::Size Radii(double rows) const { return {cvRound(rows * x_), cvRound(rows * y_)}; }

 private:
  double x_, y_;
};

/// Shows what lies within the four edges. The picture's own edge stands for one that is absent.
bool DrawRectangle(DcmItem& dataset, cv::Size file, const Scale& scale, Mask& shown) {
  const auto left = DicomNumber(dataset, DCM_ShutterLeftVerticalEdge),
             right = DicomNumber(dataset, DCM_ShutterRightVerticalEdge),
             upper = DicomNumber(dataset, DCM_ShutterUpperHorizontalEdge),
             lower = DicomNumber(dataset, DCM_ShutterLowerHorizontalEdge);
  if (!left && !right && !upper && !lower) return false;
  cv::rectangle(shown, scale.At(upper.value_or(1), left.value_or(1)),
                scale.At(lower.value_or(file.height), right.value_or(file.width)), 255, cv::FILLED);
  return true;
}

bool DrawCircle(DcmItem& dataset, const Scale& scale, Mask& shown) {
  const auto row = DicomNumber(dataset, DCM_CenterOfCircularShutter, 0),
             column = DicomNumber(dataset, DCM_CenterOfCircularShutter, 1),
             radius = DicomNumber(dataset, DCM_RadiusOfCircularShutter);
  if (!row || !column || !radius || *radius <= 0) return false;
  cv::ellipse(shown, scale.At(*row, *column), scale.Radii(*radius), 0, 0, 360, 255, cv::FILLED);
  return true;
}

bool DrawPolygon(DcmItem& dataset, const Scale& scale, Mask& shown) {
  std::vector<cv::Point> vertices;
  for (unsigned long i = 0; i < kMaxVertices; ++i) {
    const auto row = DicomNumber(dataset, DCM_VerticesOfThePolygonalShutter, 2 * i),
               column = DicomNumber(dataset, DCM_VerticesOfThePolygonalShutter, 2 * i + 1);
    if (!row || !column) break;
    vertices.push_back(scale.At(*row, *column));
  }
  if (vertices.size() < 3) return false;
  cv::fillPoly(shown, std::vector{vertices}, 255);
  return true;
}

/// Returns what a shape shows; empty where it is unknown or not complete.
Mask SelectShown(const std::string& shape, DcmItem& dataset, cv::Size file, cv::Size size) {
  const Scale scale(file, size);
  Mask shown = Mask::zeros(size);
  const bool drawn = (shape == "RECTANGULAR" && DrawRectangle(dataset, file, scale, shown)) ||
                     (shape == "CIRCULAR" && DrawCircle(dataset, scale, shown)) ||
                     (shape == "POLYGONAL" && DrawPolygon(dataset, scale, shown));
  return drawn ? shown : Mask();
}

}  // namespace

Mask MakeShutterMask(DcmItem& dataset, cv::Size size) {
  const cv::Size file(DicomUnsigned(dataset, DCM_Columns).value_or(0),
                      DicomUnsigned(dataset, DCM_Rows).value_or(0));
  if (file.empty() || size.empty()) return {};
  Mask shown;
  for (const std::string& shape : DicomTexts(dataset, DCM_ShutterShape)) {
    const Mask of_shape = SelectShown(shape, dataset, file, size);
    if (of_shape.empty()) continue;
    shown = shown.empty() ? of_shape : Mask(shown & of_shape);
  }
  if (shown.empty() || cv::countNonZero(shown) < kMinShown * static_cast<double>(shown.total()))
    return {};
  return ~shown;
}

}  // namespace mhcnn
