#include "phantom/tissue.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "phantom/structures.h"

namespace mhcnn::phantom {
namespace {

/// Islands of dense tissue and fat holes that a reader would not outline separately.
constexpr double kSmallestMm2 = 30;

/// Draws of one picture that place its pattern.
struct PatternPlace {
  double s0, s_width, angle, angle_width, upper_x, upper_y, upper_width;
};

PatternPlace Place(Pattern pattern, RandomStream& random) {
  PatternPlace p{};
  p.s0 = pattern == Pattern::kRetroareolar ? random.Uniform(0.12, 0.25) : random.Uniform(0.2, 0.45);
  p.s_width =
      pattern == Pattern::kRetroareolar ? random.Uniform(0.12, 0.25) : random.Uniform(0.25, 0.45);
  p.angle = random.Normal(0.1, 0.18);
  p.angle_width = random.Uniform(0.5, 1.1);
  p.upper_x = random.Uniform(0.3, 0.6);
  p.upper_y = random.Uniform(0.05, 0.4);
  p.upper_width = random.Uniform(0.2, 0.4);
  return p;
}

/// How likely tissue is dense: a smooth field over the breast, about -4..1.
cv::Mat1f PatternField(const Woman& w, const ViewPlan& plan, const Body& body, const Grid& grid,
                       RandomStream& random) {
  const PatternPlace p = Place(w.pattern, random);
  cv::Mat1f out(grid.height, grid.width, 0.f);
  const auto square = [](double v) { return v * v; };
  for (int r = 0; r < grid.height; ++r) {
    for (int c = 0; c < grid.width; ++c) {
      // Polar position about the nipple: s = 1 at the chest wall, angle 0 straight back, > 0 up.
      const double back = (body.nipple.x - (c + 0.5) * grid.mm) / plan.depth_mm;
      const double up = (body.nipple.y - (r + 0.5) * grid.mm) / plan.depth_mm;
      const double s = std::sqrt(back * back + up * up);
      const double angle = std::atan2(up, std::max(back, 1e-3));
      const double skin = body.skin_mm(r, c);
      double value = 0;
      switch (w.pattern) {
        case Pattern::kFan:
          value = -square((s - p.s0) / p.s_width) - square((angle - p.angle) / p.angle_width);
          break;
        case Pattern::kRetroareolar:
          value = -square((s - p.s0) / p.s_width) - 0.5 * square((angle - p.angle) / p.angle_width);
          break;
        case Pattern::kUpperOuter:
          value = -(square(back - p.upper_x) + square(up - p.upper_y)) / square(p.upper_width);
          break;
        case Pattern::kCrescent:
          value = -square((skin - 1.6 * w.fat_rim_mm - 4) / (0.12 * plan.depth_mm)) -
                  square((angle - 4 * (p.angle - 0.1)) / 0.9);
          break;
        case Pattern::kIslands:
          value = -0.35 * square((s - 0.45) / 0.45);
          break;
        case Pattern::kDiffuse:
          value = -0.5 * square((s - 0.45) / 0.5);
          break;
        case Pattern::kWhole:
          value = -0.5 * square(std::max(0.0, s - 0.8) / 0.3);
          break;
      }
      value = std::max(value, -4.0);
      // Subcutaneous fat under the skin, thinner behind the nipple; fat before the muscle.
      const double rim = w.fat_rim_mm * std::min(1.0, 0.3 + s);
      value -= 2.5 * square(std::max(0.0, 1 - skin / (2 * rim)));
      value -= 1.2 * SmoothStep(-12, 2, body.muscle_edge_mm(r, c));
      // Axilla and abdomen hold little gland.
      value -= 1.5 * square(std::max(0.0, std::abs(up) - 0.85) / 0.4);
      if (plan.view == View::kMLO && -up * plan.depth_mm > 0.97 * plan.lower_mm) value -= 3;
      out(r, c) = static_cast<float>(std::max(value, -9.0));
    }
  }
  return out;
}

/// Positions (mm) of each pixel, bent by smooth noise so that nothing is straight.
void Positions(const Grid& grid, const NoiseTile& warp, double bend_mm, cv::Mat1f& x,
               cv::Mat1f& y) {
  x.create(grid.height, grid.width);
  y.create(grid.height, grid.width);
  const cv::Mat1f noise = warp.Sample(grid);
  for (int r = 0; r < grid.height; ++r) {
    for (int c = 0; c < grid.width; ++c) {
      const auto bend = static_cast<float>(bend_mm) * noise(r, c);
      x(r, c) = static_cast<float>((c + 0.5) * grid.mm) + bend;
      y(r, c) = static_cast<float>((r + 0.5) * grid.mm) - 0.7f * bend;
    }
  }
}

/// Noise drawn out along lines that run roughly to the nipple. `stretch` > 1; `focus` is where the
/// lines meet, beyond the nipple so that they do not visibly do so.
cv::Mat1f Radial(const NoiseTile& tile, const cv::Mat1f& x, const cv::Mat1f& y,
                 const cv::Point2f& focus, double stretch) {
  cv::Mat1f u(x.size()), v(x.size());
  for (int r = 0; r < x.rows; ++r) {
    for (int c = 0; c < x.cols; ++c) {
      const float dx = focus.x - x(r, c), dy = y(r, c) - focus.y;
      u(r, c) = std::sqrt(dx * dx + dy * dy) / static_cast<float>(stretch);
      v(r, c) = std::atan2(dy, dx) * 90 + 500;  // 90 mm arc per radian: natural size at 90 mm
    }
  }
  return tile.Sample(u, v);
}

/// Thin lines where smooth noise crosses zero, several layers of differing direction laid over one
/// another as in a projection: septa, ducts, ligaments. Values from 0 to about 2, mean about 0.5.
cv::Mat1f Fibres(const NoiseTile& tile, View view, const cv::Mat1f& x, const cv::Mat1f& y,
                 RandomStream& random) {
  constexpr int kLayers = 5;
  // Mean direction, 22.5 degrees in MLO and 5 in CC: Reiser et al., Med. Phys. 38 (2011),
  // PMC3189972.
  const double main_angle = random.Normal(view == View::kMLO ? 0.39 : 0.09, 0.4),
               spread = random.Uniform(0.5, 1.2);
  const double size = random.Uniform(0.5, 1.3), thin = random.Uniform(0.1, 0.3);
  cv::Mat1f sum(x.size(), 0.f);
  for (int layer = 0; layer < kLayers; ++layer) {
    const double angle = main_angle + random.Normal(0, spread);
    const double scale = size * random.Uniform(0.6, 1.6), stretch = random.Uniform(1.2, 2.6);
    const double cosine = std::cos(angle) * scale, sine = std::sin(angle) * scale;
    const double shift = random.Uniform(0, 500);
    const cv::Mat1f along = (x * cosine + y * sine) / stretch + shift;
    const cv::Mat1f across = y * cosine - x * sine + 2 * shift;
    const cv::Mat1f noise = tile.Sample(along, across);
    const auto inverse = static_cast<float>(1 / thin);
    const auto weight = static_cast<float>(random.Uniform(0.3, 1.0));
    for (int r = 0; r < x.rows; ++r) {
      for (int c = 0; c < x.cols; ++c) {
        const float t = noise(r, c) * inverse;
        const float ridge = 1 / (1 + t * t);
        sum(r, c) += weight * ridge * ridge;
      }
    }
  }
  return sum;
}

}  // namespace

Tissue MakeTissue(const Woman& w, const ViewPlan& plan, const Body& body, const Grid& grid,
                  const StreamSource& streams) {
  RandomStream random = streams.Stream(Purpose::kStructures);
  const NoiseTile coarse(streams.Stream(Purpose::kDenseNoise), 3.0, 256);
  const NoiseTile texture(streams.Stream(Purpose::kTextureNoise), w.texture_beta, 110, 256, 2);
  const NoiseTile detail(streams.Stream(Purpose::kDetailNoise), 2.2, 40, 256, 8);
  const NoiseTile web_tile(streams.Stream(Purpose::kWebNoise), 4.6, 150, 256, 7);
  const NoiseTile warp(streams.Stream(Purpose::kWarpNoise), 3.4, 200);

  Tissue tissue;
  tissue.breast = body.inside & ~body.pectoral;
  cv::Mat1f x, y;
  Positions(grid, warp, random.Uniform(2, 9), x, y);

  // The dense field: where, plus noise that breaks it up; strands give its border spicules.
  const double weight = w.noise_weight * (w.pattern == Pattern::kIslands    ? 1.6
                                          : w.pattern == Pattern::kCrescent ? 1.3
                                                                            : 1.0);
  const cv::Point2f focus(body.nipple.x + static_cast<float>(random.Uniform(10, 70)),
                          body.nipple.y + static_cast<float>(random.Normal(0, 15)));
  const cv::Mat1f strands = Radial(texture, x, y, focus, random.Uniform(1.5, 4));
  const cv::Mat1f fine = texture.Sample(x, y);
  const cv::Mat1f specks = detail.Sample(x, y);
  cv::Mat1f field = PatternField(w, plan, body, grid, random) + weight * coarse.Sample(x, y) +
                    0.25 * weight * strands + 0.15 * weight * fine;
  const cv::Mat1f smooth = Blur(field, random.Uniform(1.2, 2.4) / grid.mm);
  const int smallest = static_cast<int>(kSmallestMm2 / (grid.mm * grid.mm));
  const float threshold =
      ThresholdToPercent(smooth, tissue.breast, plan.density, smallest, tissue.dense);

  // The attenuation follows a rougher version of the same field with a soft border.
  const double roughness = random.Uniform(0.02, 0.12) + 0.35 * w.edge_softness;
  const double inner = random.Uniform(0.05, 0.4);
  const double strand_level = 0.14 * w.strands,
               septa_level = w.septa * std::min(0.12, 0.16 * w.gland_share);
  const auto soft = static_cast<float>(w.edge_softness);
  const cv::Mat1f fibres =
      Blur(Fibres(web_tile, plan.view, x, y, random), random.Uniform(0, 0.7) / grid.mm);
  // Dense tissue is a volume with slanting sides: its shadow fades over some millimetres.
  const cv::Mat1f gradual =
      Blur(smooth, std::exp(random.Uniform(std::log(0.4), std::log(6.0))) / grid.mm);
  cv::Mat1f spread;
  tissue.dense.convertTo(spread, CV_32F, 1 / 255.0);
  spread = Blur(spread, random.Uniform(5, 20) / grid.mm);
  const float none = plan.density <= 0 ? 0.f : 1.f;
  tissue.gland_share = cv::Mat1f(grid.height, grid.width, 0.f);
  for (int r = 0; r < grid.height; ++r) {
    for (int c = 0; c < grid.width; ++c) {
      if (!body.inside(r, c)) continue;
      const double fibre = fibres(r, c);
      const double rough =
          0.3 * fine(r, c) + 0.4 * strands(r, c) + 0.1 * specks(r, c) + 0.9 * (fibre - 0.6);
      const double over = gradual(r, c) - threshold + roughness * 0.4 * rough;
      const double occupied = none / (1 + std::exp(-over / soft));
      const double core = 1 - std::exp(-std::max(0.0, over));
      const double mesh = 1 - w.mesh * (1 - std::min(1.0, fibre));
      const double near_gland = none / (1 + std::exp(-(over + 0.8) / 0.4));
      const double gland = (w.gland_share - w.fat_share) * occupied * (0.5 + 0.5 * core) * mesh *
                           (1 + 0.4 * w.mesh) * std::max(0.15, 1 + inner * rough);
      const double share =
          w.fat_share * std::max(0.2, 1 + 0.3 * fine(r, c)) + gland +
          w.haze * spread(r, c) * (1 - 0.7 * occupied) +
          0.4 * w.strands * w.gland_share * fibre * near_gland * near_gland * (1 - occupied) +
          septa_level * fibre * (1 - 0.6 * occupied) +
          strand_level * std::max(0.0, static_cast<double>(strands(r, c)) - 0.3) *
              (0.2 + 0.8 * near_gland) * (1 - 0.6 * occupied);
      tissue.gland_share(r, c) = static_cast<float>(std::clamp(share, 0.0, 1.0));
    }
  }
  AddStructures(tissue.gland_share, w, plan, body, grid, random);
  return tissue;
}

}  // namespace mhcnn::phantom
