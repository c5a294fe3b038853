#include "mhcnn/phantom/tissue.h"

#include <algorithm>
#include <cmath>

#include "mhcnn/phantom/pattern.h"
#include "mhcnn/phantom/strands.h"
#include "mhcnn/phantom/structures.h"

namespace mhcnn::phantom {
namespace {

/// Islands of dense tissue and fat holes that a reader would not outline separately.
constexpr double kSmallestMm2 = 30;
/// Sheets of tissue, one over the other between detector and paddle, whose shadows add up.
constexpr int kLayers = 4;

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

/// The shadow of all layers, means over them.
struct Layered {
  cv::Mat1f occupied;  ///< fraction of the layers in which there is dense tissue, 0..1
  cv::Mat1f filled;    ///< the same, less the fat lobules in it
  cv::Mat1f web;       ///< septa and ligaments, 0 to about 1
};

/// Makes the layers: dense where `field` > threshold. They share `field` and have their own noise.
Layered MakeLayers(const Anatomy& w, const cv::Mat1f& field, double weight, double own_fraction,
                   const NoiseTile& coarse, const NoiseTile& texture, const NoiseTile& web_tile,
                   const cv::Mat1f& x, const cv::Mat1f& y, const Flow& flow, RandomStream& random) {
  Layered out{.occupied = cv::Mat1f(x.size(), 0.f),
              .filled = cv::Mat1f(x.size(), 0.f),
              .web = cv::Mat1f(x.size(), 0.f)};
  // Mean direction of the strands off the one to the nipple, and their fineness.
  const double main_angle = random.Normal(0, 0.2), thin = random.Uniform(0.1, 0.3);
  const double fineness = 9 / w.lobule_mm;
  const auto soft = static_cast<float>(w.edge_softness);
  for (int layer = 0; layer < kLayers; ++layer) {
    const double dx = random.Uniform(0, 256), dy = random.Uniform(0, 256);
    const cv::Mat1f own = coarse.Sample(cv::Mat1f(x + dx), cv::Mat1f(y + dy));
    const FlowNoise drawn{.angle = main_angle + random.Normal(0, w.line_spread),
                          .stretch = w.line_stretch * random.Uniform(0.7, 1.3),
                          .scale = random.Uniform(0.7, 1.5),
                          .shift_mm = random.Uniform(0, 500)};
    const cv::Mat1f strand = SampleAlongFlow(texture, flow, drawn);
    const cv::Mat1f ridge =
        Ridges(SampleAlongFlow(web_tile, flow,
                               {.angle = main_angle + random.Normal(0, 1.5 * w.line_spread),
                                .stretch = std::max(1.0, 0.6 * drawn.stretch),
                                .scale = fineness * random.Uniform(0.6, 1.4),
                                .shift_mm = random.Uniform(0, 500)}),
               thin);
    for (int r = 0; r < x.rows; ++r) {
      for (int c = 0; c < x.cols; ++c) {
        const double over = field(r, c) + weight * (own_fraction * own(r, c) + 0.3 * strand(r, c));
        const double occupied = 1 / (1 + std::exp(-over / soft));
        const double lobules = 1 - w.mesh * (1 - std::min(1.0, 1.4 * ridge(r, c)));
        out.occupied(r, c) += static_cast<float>(occupied / kLayers);
        out.filled(r, c) += static_cast<float>(occupied * lobules / kLayers);
        out.web(r, c) += ridge(r, c) / kLayers;
      }
    }
  }
  return out;
}

}  // namespace

Tissue MakeTissue(const Anatomy& w, const ViewPlan& plan, const Body& body, const Grid& grid,
                  const Mask& implant, const StreamSource& streams) {
  RandomStream random = streams.Stream(Purpose::kTissue);
  const NoiseTile coarse(streams.Stream(Purpose::kDenseNoise), 3.0, 256);
  const NoiseTile texture(streams.Stream(Purpose::kTextureNoise), w.texture_beta, 110, 256, 2);
  const NoiseTile detail(streams.Stream(Purpose::kDetailNoise), 2.2, 40, 256, 8);
  const NoiseTile web_tile(streams.Stream(Purpose::kWebNoise), 4.6, 150, 256, 7);
  const NoiseTile warp(streams.Stream(Purpose::kWarpNoise), 3.4, 200);

  Tissue tissue;
  tissue.breast = body.inside & ~body.pectoral & ~implant;
  cv::Mat1f x, y;
  Positions(grid, warp, random.Uniform(2, 9), x, y);
  const auto beside = static_cast<float>(random.Normal(0, 15)),
             beyond = static_cast<float>(random.Uniform(20, 130));
  const Flow flow = MakeFlow({body.nipple.x + beyond, body.nipple.y + beside}, x, y);

  // Where dense tissue is in all layers: the pattern, broken up by noise.
  const double weight = w.noise_weight * (w.pattern == Pattern::kIslands    ? 1.6
                                          : w.pattern == Pattern::kCrescent ? 1.3
                                                                            : 1.0);
  const cv::Mat1f fine = texture.Sample(x, y);
  const cv::Mat1f specks = detail.Sample(x, y);
  const cv::Mat1f strands = SampleAlongFlow(
      texture, flow, {.angle = 0, .stretch = w.line_stretch, .scale = 1, .shift_mm = 0});
  cv::Mat1f field = PatternField(w, plan, body, grid, random) +
                    weight * std::sqrt(w.depth_likeness) * coarse.Sample(x, y) +
                    0.15 * weight * strands + 0.12 * weight * fine;
  const int smallest = static_cast<int>(kSmallestMm2 / (grid.mm * grid.mm));
  field -=
      ThresholdToPercent(Blur(field, 2 / grid.mm), tissue.breast, plan.density, smallest).threshold;
  Layered layers = MakeLayers(w, field, weight, std::sqrt(1 - w.depth_likeness), coarse, texture,
                              web_tile, x, y, flow, random);
  // A reader outlines where most of the layers are dense; the field decides between equals.
  const cv::Mat1f outlined =
      Blur(layers.occupied + 0.02 * field, random.Uniform(1.2, 2.8) / grid.mm);
  tissue.dense = ThresholdToPercent(outlined, tissue.breast, plan.density, smallest).mask;

  // Little gland is strands rather than a mass.
  const double inner = random.Uniform(0.15, 0.7) + 0.6 * std::max(0.0, 1 - plan.density / 40);
  const double strand_level = 0.14 * w.strands,
               septa_level = w.septa * std::min(0.14, 0.22 * w.gland_fraction);
  layers.filled = Blur(layers.filled, random.Uniform(0, 1.2) / grid.mm);
  layers.web = Blur(layers.web, random.Uniform(0.1, 1.1) / grid.mm);
  cv::Mat1f spread;
  tissue.dense.convertTo(spread, CV_32F, 1 / 255.0);
  spread = Blur(spread, random.Uniform(5, 20) / grid.mm);
  const double none = plan.density <= 0 ? 0 : 1;
  tissue.gland_fraction = cv::Mat1f(grid.height, grid.width, 0.f);
  for (int r = 0; r < grid.height; ++r) {
    for (int c = 0; c < grid.width; ++c) {
      if (!body.inside(r, c)) continue;
      const double web = layers.web(r, c), occupied = none * layers.occupied(r, c);
      const double rough =
          0.3 * fine(r, c) + 0.4 * strands(r, c) + 0.1 * specks(r, c) + 0.9 * (2 * web - 0.6);
      const double near_gland = none / (1 + std::exp(-(field(r, c) + 0.8) / 0.4));
      const double gland = (w.gland_fraction - w.fat_fraction) * none * layers.filled(r, c) *
                           (1 + 0.5 * w.mesh) * std::max(0.15, 1 + inner * rough);
      const double fraction =
          w.fat_fraction * std::max(0.2, 1 + 0.25 * fine(r, c)) + gland +
          w.haze * spread(r, c) * (1 - 0.7 * occupied) +
          0.45 * w.strands * w.gland_fraction * web * near_gland * (1 - occupied) +
          septa_level * 2 * web * (1 - 0.6 * occupied) +
          strand_level * std::max(0.0, static_cast<double>(strands(r, c)) - 0.3) *
              (0.2 + 0.8 * near_gland) * (1 - 0.6 * occupied);
      tissue.gland_fraction(r, c) = static_cast<float>(std::clamp(fraction, 0.0, 1.0));
    }
  }
  AddStructures(tissue.gland_fraction, w, plan, body, grid, random);
  return tissue;
}

}  // namespace mhcnn::phantom
