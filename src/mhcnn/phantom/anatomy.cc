#include "mhcnn/phantom/anatomy.h"

#include <algorithm>
#include <cmath>

namespace mhcnn::phantom {
namespace {

double ClampedNormal(RandomStream& random, double mean, double deviation, double low, double high) {
  return std::clamp(random.Normal(mean, deviation), low, high);
}

/// The pattern depends on how much there is: a nearly whole breast cannot be "scattered".
Pattern DrawPattern(RandomStream& random, double density) {
  const double u = random.Uniform();
  if (density > 60) return u < 0.5 ? Pattern::kWhole : u < 0.8 ? Pattern::kFan : Pattern::kDiffuse;
  if (u < 0.30) return Pattern::kFan;
  if (u < 0.48) return Pattern::kRetroareolar;
  if (u < 0.64) return Pattern::kUpperOuter;
  if (u < 0.71) return Pattern::kCrescent;
  if (u < 0.86) return Pattern::kIslands;
  return u < 0.95 ? Pattern::kDiffuse : Pattern::kWhole;
}

}  // namespace

Anatomy SampleAnatomy(const PhantomOptions& options, RandomStream random) {
  Anatomy w{};
  w.frame_mm = options.pixel_mm > 0 ? options.pixel_mm * options.height
                                    : ClampedNormal(random, 235, 30, 170, 310);
  w.depth_mm = ClampedNormal(random, 84, 20, 38, 140);
  w.aspect = ClampedNormal(random, 1.05, 0.17, 0.7, 1.6);
  w.power_upper = random.Uniform(1.6, 2.6);
  w.power_lower = random.Uniform(1.4, 2.4);
  w.power_depth = random.Uniform(1.4, 2.2);
  w.sag_mm = std::abs(random.Normal(0, 9));
  w.thickness_mm = ClampedNormal(random, 57, 14, 22, 95);
  w.edge_power = random.Uniform(0.42, 0.75);
  w.nipple_mm = random.Chance(0.6) ? random.Uniform(0, 7) : 0;
  w.edge_fraction = random.Uniform(0.3, 0.85);
  w.density = random.Uniform(options.density_low, options.density_high);
  w.pattern = DrawPattern(random, w.density);
  w.noise_weight = random.Uniform(0.5, 1.2);
  // The more gland there is the more solid it is, and the smoother the picture: in the 60 DDSM maps
  // the spectrum's exponent rises from 2.75 under 15 % to 3.7 over 40 %, and dense tissue's grey
  // over that of fat from 0.02 to 0.19 of the range.
  const double amount = std::clamp(w.density / 60, 0.0, 1.0);
  w.texture_beta = ClampedNormal(random, 2.8 + 0.7 * amount, 0.22, 2.3, 3.9);
  w.gland_fraction = ClampedNormal(random, 0.48 + 0.42 * amount, 0.13, 0.25, 1.0);
  w.fat_fraction = random.Uniform(0.02, 0.14);
  w.edge_softness = random.Uniform(0.1, 0.6);
  w.haze = random.Chance(0.85) ? random.Uniform(0.02, 0.3) : 0;
  w.mesh = (1 - 0.4 * amount) * std::pow(random.Uniform(), 1.1);
  w.strands = random.Uniform(0.1, 1.0);
  w.septa = random.Uniform(0.2, 1.0);
  w.vessels = random.Uniform(0, 1.2);
  w.fat_rim_mm = random.Uniform(4, 18);
  w.lobule_mm = random.Uniform(4, 14);
  w.line_spread = random.Uniform(0.08, 0.6);
  w.line_stretch = random.Uniform(1.5, 5);
  w.depth_likeness = random.Uniform(0.4, 0.95);
  w.implant = random.Chance(0.02);
  return w;
}

ViewPlan SampleView(const Anatomy& woman, Laterality laterality, View view, double width_mm,
                    RandomStream random) {
  ViewPlan v{};
  v.laterality = laterality;
  v.view = view;
  v.density = std::max(0.0, woman.density * random.Normal(1, 0.04));
  v.aspect = woman.aspect * random.Normal(1, 0.05);
  v.thickness_mm = woman.thickness_mm * random.Normal(1, 0.05);
  const double frame_fraction = random.Uniform(0.9, 0.99);
  v.depth_mm = std::min(woman.depth_mm * random.Normal(1, 0.05), width_mm * frame_fraction);
  v.tilt_x = -std::abs(random.Normal(0, 0.12));  // thicker at the chest wall
  v.tilt_y = random.Normal(0, 0.06);
  const double frame = woman.frame_mm;
  if (view == View::kCC) {
    v.nipple_y = ClampedNormal(random, 0.5, 0.06, 0.3, 0.7);
    v.pectoral = random.Chance(0.15);
    v.pectoral_top_mm = v.depth_mm * random.Uniform(0.03, 0.12);
    v.pectoral_length_mm = v.depth_mm * random.Uniform(0.5, 1.6);  // chord along the chest wall
  } else {
    v.nipple_y = ClampedNormal(random, 0.6, 0.07, 0.42, 0.78);
    v.axilla_fraction = random.Uniform(0.35, 0.95);
    v.axilla_bend = random.Uniform(1.0, 2.3);
    v.axilla_power = random.Uniform(1.5, 2.4);
    v.arm_mm = random.Chance(0.35) ? random.Uniform(3, 25) : 0;
    v.lower_mm = v.depth_mm * random.Uniform(0.65, 1.2);
    v.fold_mm = random.Chance(0.7) ? random.Uniform(0.5, 14) : 0;
    v.abdomen = v.fold_mm > 0 && random.Chance(0.8);
    v.abdomen_slope = random.Uniform(-0.1, 0.5);
    v.pectoral = !random.Chance(0.04);
    // The bulk is ordinary; tails hold muscles that are nearly absent and ones that fill the top.
    const double kind = random.Uniform();
    const double size = kind < 0.08
                            ? random.Uniform(0.1, 0.3)
                            : (kind > 0.92 ? random.Uniform(1.1, 1.35) : random.Uniform(0.4, 1.1));
    v.pectoral_top_mm = size * v.depth_mm * random.Uniform(0.45, 0.8);
    v.pectoral_length_mm = frame * std::min(0.95, std::pow(size, 0.7) * random.Uniform(0.4, 0.85));
  }
  v.pectoral_bulge_mm = random.Normal(2, 5);
  v.pectoral_fraction = random.Uniform(0.25, 1.0);
  v.pectoral_ramp_mm = random.Uniform(1.0, 8);
  v.pectoral_texture = random.Uniform(0.02, 0.2);
  const double folded = view == View::kMLO ? 0.35 : 0.06;
  v.folds = random.Chance(folded) ? 1 + static_cast<int>(random.Integer(3)) : 0;
  v.implant = woman.implant;
  return v;
}

}  // namespace mhcnn::phantom
