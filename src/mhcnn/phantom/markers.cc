#include "mhcnn/phantom/markers.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>

namespace mhcnn::phantom {
namespace {

/// A plate with text: grey values, and where it covers.
struct Plate {
  cv::Mat1f grey;
  Mask cover;
};

std::string LabelText(const ViewPlan& plan, RandomStream& random) {
  const std::string side = LateralityName(plan.laterality), view = ViewName(plan.view);
  switch (random.Integer(5)) {
    case 0:
      return side + view;
    case 1:
      return side + " " + view;
    case 2:
      return view;
    case 3:
      return side;
    default:
      return side + "-" + view + " " + std::to_string(1 + random.Integer(99));
  }
}

Plate MakePlate(const ViewPlan& plan, bool film, int height, RandomStream& random) {
  const double scale = height / 1000.0 * random.Uniform(0.7, 2.0);
  const int thickness = std::max(1, static_cast<int>(std::lround(scale * random.Uniform(1, 3))));
  const std::string text = LabelText(plan, random);
  int baseline = 0;
  const cv::Size size =
      cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, scale, thickness, &baseline);
  const int pad = std::max(2, static_cast<int>(size.height * random.Uniform(0.3, 1.0)));
  cv::Size whole(size.width + 2 * pad, size.height + baseline + 2 * pad);
  if (film && random.Chance(0.4)) whole.height += random.Integer(3) * size.height;
  const int side = static_cast<int>(std::hypot(whole.width, whole.height)) + 4;
  Plate plate{cv::Mat1f(side, side, 0.f), Mask(side, side, uchar{0})};
  const cv::Rect box((side - whole.width) / 2, (side - whole.height) / 2, whole.width,
                     whole.height);
  const bool solid = film ? random.Chance(0.6) : random.Chance(0.15);
  const double ink = film ? random.Uniform(0.5, 1.0) : 1.0;
  if (solid) {
    const double ground = random.Chance(0.3) ? random.Uniform(0.5, 1) : random.Uniform(0, 0.25);
    cv::rectangle(plate.grey, box, cv::Scalar(ground), cv::FILLED);
    cv::rectangle(plate.cover, box, cv::Scalar(255), cv::FILLED);
  }
  if (random.Chance(0.5)) {
    cv::rectangle(plate.grey, box, cv::Scalar(ink), thickness);
    cv::rectangle(plate.cover, box, cv::Scalar(255), thickness);
  }
  const cv::Point origin(box.x + pad, box.y + pad + size.height);
  cv::putText(plate.grey, text, origin, cv::FONT_HERSHEY_SIMPLEX, scale, cv::Scalar(ink), thickness,
              cv::LINE_8);
  cv::putText(plate.cover, text, origin, cv::FONT_HERSHEY_SIMPLEX, scale, cv::Scalar(255),
              thickness, cv::LINE_8);
  double angle = random.Chance(0.5) ? 0 : 90.0 * random.Integer(4);
  if (film) angle += random.Normal(0, 12);
  const cv::Mat turn = cv::getRotationMatrix2D(cv::Point2f(side / 2.f, side / 2.f), angle, 1);
  cv::warpAffine(plate.grey, plate.grey, turn, plate.grey.size(), cv::INTER_LINEAR);
  cv::warpAffine(plate.cover, plate.cover, turn, plate.cover.size(), cv::INTER_NEAREST);
  if (random.Chance(0.2)) {  // a film seen from its back
    cv::flip(plate.grey, plate.grey, 1);
    cv::flip(plate.cover, plate.cover, 1);
  }
  return plate;
}

/// Tries to lay the plate where it touches no tissue; false where there is no room.
bool Lay(cv::Mat1f& image, const Mask& inside, const Plate& plate, bool chest_left,
         RandomStream& random) {
  const int w = plate.grey.cols, h = plate.grey.rows;
  const cv::Rect frame(0, 0, image.cols, image.rows);
  for (int attempt = 0; attempt < 12; ++attempt) {
    // Mostly in the upper corner away from the chest wall; it may hang over the frame's edge.
    const double along = random.Uniform(-0.2, random.Chance(0.8) ? 0.35 : 1.0);
    const double across = random.Uniform(0.0, 0.45);
    const int y = static_cast<int>(along * (image.rows - h));
    const int free_x = static_cast<int>(across * (image.cols - w)) - w / 5;
    const int x = chest_left ? image.cols - w - free_x : free_x;
    const cv::Rect visible = cv::Rect(x, y, w, h) & frame;
    if (visible.area() < w * h / 3) continue;
    const cv::Rect part(visible.x - x, visible.y - y, visible.width, visible.height);
    if (cv::countNonZero(plate.cover(part) & inside(visible)) > 0) continue;
    plate.grey(part).copyTo(image(visible), plate.cover(part));
    return true;
  }
  return false;
}

}  // namespace

void DrawLabels(cv::Mat1f& image, const Mask& inside, const ViewPlan& plan, bool film,
                RandomStream& random) {
  const std::uint32_t count = random.Chance(0.25) ? 0 : 1 + random.Integer(film ? 3 : 2);
  for (std::uint32_t i = 0; i < count; ++i) {
    const Plate plate = MakePlate(plan, film, image.rows, random);
    Lay(image, inside, plate, plan.laterality == Laterality::kLeft, random);
  }
}

void DrawFilmFaults(cv::Mat1f& image, const Mask& inside, RandomStream& random) {
  const int h = image.rows, w = image.cols;
  const auto at_x = [&] { return static_cast<int>(random.Integer(static_cast<std::uint32_t>(w))); };
  const auto at_y = [&] { return static_cast<int>(random.Integer(static_cast<std::uint32_t>(h))); };
  if (random.Chance(0.3)) {  // light leak: a gradient from one edge
    const double level = random.Uniform(0.03, 0.3), reach = random.Uniform(0.05, 0.4);
    const std::uint32_t edge = random.Integer(4);
    for (int r = 0; r < h; ++r) {
      for (int c = 0; c < w; ++c) {
        const double d = edge == 0   ? static_cast<double>(r) / h
                         : edge == 1 ? static_cast<double>(h - r) / h
                         : edge == 2 ? static_cast<double>(c) / w
                                     : static_cast<double>(w - c) / w;
        image(r, c) += static_cast<float>(level * std::exp(-d / reach * 3));
      }
    }
  }
  if (random.Chance(0.25)) {  // scanner bands
    const bool rows = random.Chance(0.5);
    const double level = random.Uniform(0.002, 0.012);
    for (int i = 0; i < (rows ? h : w); ++i) {
      if (rows) {
        image.row(i) += level * random.Normal();
      } else {
        image.col(i) += level * random.Normal();
      }
    }
  }
  if (random.Chance(0.25)) {  // scratches
    for (std::uint32_t i = 0, n = 1 + random.Integer(4); i < n; ++i) {
      cv::Mat1f line(image.size(), 0.f);
      const int y = at_y(), x = at_x();
      const int end_y = y + static_cast<int>(random.Normal(0, 0.2) * h),
                end_x = x + static_cast<int>(random.Normal(0, 0.3) * w);
      cv::line(line, {x, y}, {end_x, end_y}, cv::Scalar(random.Uniform(-0.15, 0.35)), 1);
      image += Blur(line, 0.5);
    }
  }
  if (random.Chance(0.3)) {  // dust
    for (std::uint32_t i = 0, n = 1 + random.Integer(12); i < n; ++i) {
      const double grey = random.Uniform(0.5, 1.0);
      const int x = at_x(), y = at_y();
      image(y, x) = static_cast<float>(grey);
    }
  }
  if (random.Chance(0.15)) {  // the film's border, bright or dark, not over tissue's inner part
    const int thick = 1 + static_cast<int>(random.Uniform(0, 0.02) * w);
    const double level = random.Chance(0.7) ? random.Uniform(0.7, 1.0) : 0.0;
    const Mask outside = ~inside;
    cv::Mat1f frame = image.clone();
    cv::rectangle(frame, cv::Rect(0, 0, w, h), cv::Scalar(level), thick);
    frame.copyTo(image, outside);
  }
}

void DrawDetectorFaults(cv::Mat1f& image, RandomStream& random) {
  if (random.Chance(0.03)) {  // dead lines
    for (std::uint32_t i = 0, n = 1 + random.Integer(3); i < n; ++i) {
      const auto at = static_cast<int>(random.Integer(static_cast<std::uint32_t>(image.cols)));
      image.col(at).setTo(random.Chance(0.7) ? 0 : 1);
    }
  }
  if (random.Chance(0.03)) {  // a grid that did not move
    const double level = random.Uniform(0.003, 0.015), period = random.Uniform(2.2, 9);
    for (int r = 0; r < image.rows; ++r) image.row(r) += level * std::sin(2 * CV_PI * r / period);
  }
}

}  // namespace mhcnn::phantom
