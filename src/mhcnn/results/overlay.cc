#include "mhcnn/results/overlay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "mhcnn/analyze/calibration.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/image/jpeg_encode.h"
#include "mhcnn/image/mask.h"
#include "mhcnn/image/mask_drawing.h"
#include "mhcnn/image/png_file.h"
#include "mhcnn/image/png_text.h"
#include "mhcnn/image/tissue_label.h"
#include "mhcnn/results/view_picture.h"

namespace mhcnn {
namespace {

const cv::Scalar kTextColour(240, 240, 240), kDimText(170, 170, 170);

struct Line {
  std::string text;
  double size;  // relative to the base text height
  cv::Scalar colour;
};

std::vector<Line> PanelLines(const Result& result) {
  std::vector<Line> lines;
  if (result.percent_density) {
    lines.push_back({fmt::format("{:.1f} % dense", *result.percent_density), 1.6, kTextColour});
  } else if (result.percent_regression) {
    lines.push_back(
        {fmt::format("{:.1f} % dense (no masks)", *result.percent_regression), 1.6, kTextColour});
  }
  if (result.percent_low && result.percent_high) {
    lines.push_back(
        {fmt::format("interval {:.1f} to {:.1f} %", *result.percent_low, *result.percent_high), 1,
         kTextColour});
  }
  if (result.category) {
    const auto category = static_cast<std::size_t>(*result.category);
    lines.push_back({fmt::format("BI-RADS density {} (p {:.2f})", ToLetter(*result.category),
                                 result.probabilities[category]),
                     1.0, kTextColour});
    if (result.category_range) {
      lines.push_back({"category range " + ToText(*result.category_range), 0.8, kTextColour});
    }
  }
  if (result.breast_area_cm2 && result.dense_area_cm2) {
    lines.push_back(
        {fmt::format("dense {:.1f} of {:.1f} cm2", *result.dense_area_cm2, *result.breast_area_cm2),
         0.8, kTextColour});
  }
  for (const auto& flag : result.flags)
    lines.push_back({"! " + flag, 0.8, cv::Scalar(80, 160, 255)});
  if (!result.breast.empty()) {
    lines.push_back({"breast", 0.75, kBreastColour});
    lines.push_back({"dense tissue", 0.75, kDenseColour});
    lines.push_back({"pectoral muscle", 0.75, kPectoralColour});
  }
  lines.push_back({"research tool, not a medical device", 0.65, kDimText});
  return lines;
}

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;

struct Panel {
  std::vector<Line> lines;
  double unit;  // font scale of size 1
  int gap;

  cv::Size TextSize(const Line& line) const {
    int baseline = 0;
    return cv::getTextSize(line.text, kFont, unit * line.size, 1, &baseline);
  }
  cv::Size Size() const {
    cv::Size size(0, gap);
    for (const auto& line : lines) {
      const cv::Size text = TextSize(line);
      size.width = std::max(size.width, text.width);
      size.height += text.height + gap;
    }
    size.width += 2 * gap;
    return size;
  }
  void Draw(cv::Mat3b& canvas, cv::Point corner) const {
    const cv::Rect box = cv::Rect(corner, Size()) & cv::Rect({}, canvas.size());
    canvas(box).convertTo(canvas(box), -1, 0.35);
    int y = corner.y + gap;
    for (const auto& line : lines) {
      y += TextSize(line).height;
      const int thickness =
          line.size > 1.2 ? std::max(1, cvRound(unit * 2.5)) : std::max(1, cvRound(unit * 1.4));
      cv::putText(canvas, line.text, {corner.x + gap, y}, kFont, unit * line.size, line.colour,
                  thickness, cv::LINE_AA);
      y += gap;
    }
  }
};

}  // namespace

void OverlayOptions::Check() const { CheckRange("long_side", long_side, 200, 20000); }

cv::Mat3b DrawOverlay(const GreyImage& picture, const Result& result,
                      const OverlayOptions& options) {
  options.Check();
  const double scale =
      std::min(1.0, static_cast<double>(options.long_side) / std::max(picture.rows, picture.cols));
  const cv::Size size(std::max(1, cvRound(picture.cols * scale)),
                      std::max(1, cvRound(picture.rows * scale)));
  cv::Mat3b canvas;
  cv::cvtColor(DisplayGrey(picture, size), canvas, cv::COLOR_GRAY2BGR);
  const Mask breast = ResizeMaskOrZero(result.breast, size),
             dense = ResizeMaskOrZero(result.dense, size),
             pectoral = ResizeMaskOrZero(result.pectoral, size);
  const int thickness = std::max(1, std::max(size.width, size.height) / 700);
  TintMask(canvas, dense, kDenseColour, 0.22);
  DrawMaskOutline(canvas, dense, kDenseColour, thickness);
  DrawMaskOutline(canvas, pectoral, kPectoralColour, thickness);
  DrawMaskOutline(canvas, breast, kBreastColour, thickness);

  const double unit = std::clamp(size.height / 1600.0, 0.4, 1.2);
  const Panel panel{PanelLines(result), unit, std::max(5, cvRound(14 * unit))};
  const cv::Size need = panel.Size();
  const cv::Mat tissue = breast | pectoral;
  const int right = size.width - need.width, bottom = size.height - need.height;
  for (const cv::Point corner :
       {cv::Point(right, 0), cv::Point(right, bottom), cv::Point(0, 0), cv::Point(0, bottom)}) {
    if (right < 0 || bottom < 0) break;
    if (cv::countNonZero(tissue(cv::Rect(corner, need))) == 0) {
      panel.Draw(canvas, corner);
      return canvas;
    }
  }
  cv::Mat3b taller;
  cv::copyMakeBorder(canvas, taller, 0, need.height, 0, std::max(0, need.width - size.width),
                     cv::BORDER_CONSTANT, cv::Scalar(0, 0, 0));
  panel.Draw(taller, {0, size.height});
  return taller;
}

std::vector<std::uint8_t> EncodeOverlay(const cv::Mat3b& overlay, OverlayFormat format) {
  if (format == OverlayFormat::kJpeg) {
    return EncodeJpegFile(overlay,
                          {.quality = 90, .full_colour = true, .comment = kOverlayComment});
  }
  return AddPngSoftware(EncodePngFile(overlay), kOverlaySoftware);
}

const char* OverlayExtension(OverlayFormat format) {
  return format == OverlayFormat::kJpeg ? ".jpg" : ".png";
}

Mask ResizeToImage(const Mask& mask, const Result& result) { return ResizeMask(mask, result.size); }

cv::Mat1b LabelMap(const Result& result) {
  // A mask of nothing need not be made large: many views show no muscle.
  const auto at = [&](const Mask& mask) {
    return cv::countNonZero(mask) == 0 ? Mask() : ResizeToImage(mask, result);
  };
  return MakeLabelMap(result.size, {at(result.breast), at(result.dense), at(result.pectoral)});
}

}  // namespace mhcnn
