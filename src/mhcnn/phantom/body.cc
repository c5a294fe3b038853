#include "mhcnn/phantom/body.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace mhcnn::phantom {
namespace {

/// Tissue goes on this far beyond the frame, so that the frame's edge is no skin line.
constexpr double kMarginMm = 25;

/// A smooth wobble along y, so that no outline is a perfect curve.
class Wobble {
 public:
  Wobble(RandomStream& random, double amplitude_mm) {
    for (std::size_t i = 0; i < kWaves; ++i) {
      const double wavelength = random.Uniform(18, 110);
      frequency_[i] = 2 * std::numbers::pi / wavelength;
      phase_[i] = random.Uniform(0, 2 * std::numbers::pi);
      amplitude_[i] = amplitude_mm * random.Normal() * wavelength / 100;
    }
  }
  double At(double y) const {
    double sum = 0;
    for (std::size_t i = 0; i < kWaves; ++i) {
      sum += amplitude_[i] * std::sin(frequency_[i] * y + phase_[i]);
    }
    return sum;
  }

 private:
  static constexpr std::size_t kWaves = 4;
  std::array<double, kWaves> frequency_{}, phase_{}, amplitude_{};
};

/// Returns x of the outline at height y before sagging, mm; negative where the frame has no tissue.
double OutlineX(const Anatomy& w, const ViewPlan& v, double nipple_y, double y) {
  const auto ellipse = [](double t, double p, double q) {
    return t >= 1 ? 0.0 : std::pow(1 - std::pow(t, p), 1 / q);
  };
  if (v.view == View::kCC) {
    const double half = v.depth_mm * v.aspect;
    const double t = std::abs(y - nipple_y) / half;
    const double p = y < nipple_y ? w.power_upper : w.power_lower;
    // Past the end the outline leaves through the chest wall at a steep angle.
    return t < 1 ? v.depth_mm * ellipse(t, p, w.power_depth) : (1 - t) * half * 2;
  }
  if (y < nipple_y) {
    const double top = v.axilla_fraction * v.depth_mm;
    const double u = std::max(0.0, y / nipple_y);
    const double rise = 1 - std::pow(1 - std::pow(u, v.axilla_bend), v.axilla_power);
    const double arm = v.arm_mm * std::pow(std::max(0.0, 1 - y / (0.22 * nipple_y)), 2);
    return top + (v.depth_mm - top) * rise + arm;
  }
  const double t = (y - nipple_y) / v.lower_mm;
  if (t < 1) {
    return v.fold_mm + (v.depth_mm - v.fold_mm) * ellipse(t, w.power_lower, w.power_depth);
  }
  const double below = (t - 1) * v.lower_mm;
  return v.abdomen ? v.fold_mm + v.abdomen_slope * below : v.fold_mm - 3 * below;
}

/// The outline as a polygon in mm, closed far left of the frame; sets the nipple.
std::vector<cv::Point2d> Outline(const Anatomy& w, const ViewPlan& v, const Grid& grid,
                                 RandomStream& random, cv::Point2f& nipple) {
  const double sag = v.view == View::kMLO ? w.sag_mm : random.Normal(0, 3);
  const double nipple_y = v.nipple_y * grid.HeightMm() - sag;
  const Wobble wobble(random, 0.8);
  std::vector<cv::Point2d> points;
  const double top = -kMarginMm, bottom = grid.HeightMm() + kMarginMm;
  points.emplace_back(-2 * kMarginMm, top);
  for (double y = top; y <= bottom; y += 0.75) {
    const double x = OutlineX(w, v, nipple_y, y) + wobble.At(y) +
                     w.nipple_mm * std::exp(-std::pow((y - nipple_y) / 4.5, 4));
    const double along = std::clamp(x / v.depth_mm, 0.0, 1.2);
    points.emplace_back(std::max(x, -2 * kMarginMm), y + sag * along * along);
  }
  points.emplace_back(-2 * kMarginMm, bottom);
  nipple = cv::Point2f(static_cast<float>(v.depth_mm + wobble.At(nipple_y)),
                       static_cast<float>(nipple_y + sag));
  return points;
}

/// Rounds corners: the closed polygon resampled evenly and averaged over `smooth_mm`.
std::vector<cv::Point2d> Rounded(const std::vector<cv::Point2d>& points, double smooth_mm) {
  constexpr double kStep = 0.75;
  std::vector<cv::Point2d> even;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const cv::Point2d d = points[i + 1] - points[i];
    const int pieces = std::max(1, static_cast<int>(std::hypot(d.x, d.y) / kStep));
    for (int k = 0; k < pieces; ++k)
      even.push_back(points[i] + d * (static_cast<double>(k) / pieces));
  }
  even.push_back(points.back());
  const auto n = static_cast<std::ptrdiff_t>(even.size());
  const auto half = static_cast<std::ptrdiff_t>(smooth_mm / kStep);
  for (int pass = 0; pass < 2; ++pass) {
    std::vector<cv::Point2d> sums(even.size() + 1);
    for (std::size_t i = 0; i < even.size(); ++i) sums[i + 1] = sums[i] + even[i];
    for (std::ptrdiff_t i = 0; i < n; ++i) {
      const std::ptrdiff_t reach = std::min({half, i, n - 1 - i});
      even[static_cast<std::size_t>(i)] = (sums[static_cast<std::size_t>(i + reach + 1)] -
                                           sums[static_cast<std::size_t>(i - reach)]) *
                                          (1.0 / static_cast<double>(2 * reach + 1));
    }
  }
  return even;
}

void FillOutline(Body& body, const std::vector<cv::Point2d>& outline, const Grid& grid) {
  // Small pictures are drawn at twice the size, so that the rounded edge has no stairs.
  const int zoom = grid.height <= 1024 ? 2 : 1;
  const double mm = grid.mm / zoom;
  const int margin = static_cast<int>(std::ceil(kMarginMm / mm / zoom)) * zoom;
  cv::Mat1b wide(zoom * grid.height + 2 * margin, zoom * grid.width + 2 * margin, uchar{0});
  std::vector<cv::Point> polygon;
  constexpr int kShift = 8;
  const auto pixel = [&](double at) {
    return static_cast<int>(std::lround((at / mm + margin - 0.5) * (1 << kShift)));
  };
  for (const cv::Point2d& p : outline) polygon.emplace_back(pixel(p.x), pixel(p.y));
  cv::fillPoly(wide, std::vector<std::vector<cv::Point>>{polygon}, cv::Scalar(255), cv::LINE_8,
               kShift);
  cv::Mat1f distance;
  cv::distanceTransform(wide, distance, cv::DIST_L2, cv::DIST_MASK_5);
  const cv::Rect frame(margin, margin, zoom * grid.width, zoom * grid.height);
  const cv::Size size(grid.width, grid.height);
  cv::Mat1b cover;
  cv::resize(wide(frame), cover, size, 0, 0, cv::INTER_AREA);
  cv::resize(distance(frame), body.skin_mm, size, 0, 0, cv::INTER_AREA);
  body.inside = cover >= 128;
  body.skin_mm *= mm;
}

/// Returns x of the muscle's edge at height y, mm.
double MuscleX(const ViewPlan& v, const cv::Point2f& nipple, double y) {
  if (v.view == View::kCC) {
    const double t = (y - nipple.y) / (0.5 * v.pectoral_length_mm);
    return v.pectoral_top_mm * (1 - t * t);
  }
  const double t = y / v.pectoral_length_mm;
  const double bulge = t > 0 && t < 1 ? 4 * t * (1 - t) * v.pectoral_bulge_mm : 0;
  return v.pectoral_top_mm * (1 - t) + bulge;
}

void AddMuscle(Body& body, const ViewPlan& v, const Grid& grid, RandomStream& random) {
  const cv::Size size(grid.width, grid.height);
  body.pectoral = Mask(size, uchar{0});
  body.muscle_fraction = cv::Mat1f(size, 0.f);
  body.muscle_edge_mm = cv::Mat1f(size, -1e3f);
  if (!v.pectoral) return;
  const Wobble wobble(random, 0.9);
  const double slope = v.view == View::kCC ? 0 : v.pectoral_top_mm / v.pectoral_length_mm;
  const double cosine = 1 / std::sqrt(1 + slope * slope);
  const double deep = random.Uniform(8, 45);  // mm until the muscle is at its full share
  for (int r = 0; r < grid.height; ++r) {
    const double y = (r + 0.5) * grid.mm;
    const double edge = MuscleX(v, body.nipple, y) + wobble.At(y);
    for (int c = 0; c < grid.width; ++c) {
      const double inside = (edge - (c + 0.5) * grid.mm) * cosine;
      body.muscle_edge_mm(r, c) = static_cast<float>(inside);
      if (inside <= 0 || !body.inside(r, c)) continue;
      body.pectoral(r, c) = 255;
      const double step = std::min(1.0, 0.25 + inside / v.pectoral_ramp_mm);
      body.muscle_fraction(r, c) = static_cast<float>(v.pectoral_fraction * step *
                                                      (0.7 + 0.3 * (1 - std::exp(-inside / deep))));
    }
  }
}

}  // namespace

Body MakeBody(const Anatomy& woman, const ViewPlan& plan, const Grid& grid, RandomStream random) {
  Body body;
  const std::vector<cv::Point2d> outline = Outline(woman, plan, grid, random, body.nipple);
  FillOutline(body, Rounded(outline, random.Uniform(1, 5)), grid);
  AddMuscle(body, plan, grid, random);
  body.thickness_mm = cv::Mat1f(grid.height, grid.width, 0.f);
  const double edge = woman.edge_fraction * plan.thickness_mm;
  for (int r = 0; r < grid.height; ++r) {
    for (int c = 0; c < grid.width; ++c) {
      const double d = body.skin_mm(r, c);
      if (d <= 0) continue;
      const double s = std::max(0.0, 1 - d / edge);  // from half an ellipse to a parabola
      const double rim = s > 0 ? std::pow(1 - s * s, woman.edge_power) : 1;
      const double tilt = 1 + plan.tilt_x * ((c + 0.5) * grid.mm / plan.depth_mm - 0.5) +
                          plan.tilt_y * ((r + 0.5) / grid.height - 0.5);
      body.thickness_mm(r, c) = static_cast<float>(plan.thickness_mm * tilt * rim);
    }
  }
  AddFolds(body, plan, grid, random);
  return body;
}

}  // namespace mhcnn::phantom
