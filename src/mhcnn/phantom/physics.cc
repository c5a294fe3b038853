#include "mhcnn/phantom/physics.h"

#include <algorithm>
#include <cmath>

namespace mhcnn::phantom {

Attenuation AttenuationAt(double kev) {
  // 18, 20 and 25 keV: 0.558, 0.456, 0.322 and 1.028, 0.802, 0.506 per cm.
  const double x = kev / 20;
  const double gland = std::pow(x, kev < 20 ? -2.36 : -2.06);
  return {.adipose = 0.0456 * std::pow(x, kev < 20 ? -1.92 : -1.56),
          .gland = 0.0802 * gland,
          .muscle = 0.0861 * gland,
          .skin = 0.0800 * gland};
}

Exposure SampleExposure(RandomStream& random) {
  Exposure e{};
  e.kev = random.Uniform(17, 23);
  // Behind a grid or a slit; some pictures are taken without.
  e.scatter_fraction = random.Chance(0.1) ? random.Uniform(0.5, 0.9) : random.Uniform(0.05, 0.5);
  e.scatter_mm = random.Uniform(8, 25);
  e.relative_noise = std::exp(random.Uniform(std::log(0.003), std::log(0.025)));
  e.blur_mm = random.Uniform(0.05, 0.2);
  e.extra_blur_px = random.Chance(0.5) ? random.Uniform(0.2, 1.1) : 0.0;
  e.skin_mm = random.Uniform(1.0, 2.6);
  e.heel = random.Uniform(0, 0.12);
  return e;
}

cv::Mat1f DetectorSignal(const Body& body, const Tissue& tissue, const cv::Mat1f& foreign,
                         const Exposure& e, const cv::Mat1f& muscle_texture, const Grid& grid,
                         RandomStream& random) {
  const Attenuation mu_of = AttenuationAt(e.kev);
  cv::Mat1f path(grid.height, grid.width, 0.f);  // mu * length
  for (int r = 0; r < grid.height; ++r) {
    for (int c = 0; c < grid.width; ++c) {
      const double t = body.thickness_mm(r, c);
      if (t <= 0) continue;
      // Two skins are crossed face on; at the skin line the whole path is skin.
      const double skin = std::min(t, 2 * e.skin_mm);
      const double muscle = body.muscle_fraction(r, c) * std::max(0.2f, 1 + muscle_texture(r, c));
      const double gland = tissue.gland_fraction(r, c);
      const double soft = mu_of.adipose + (mu_of.gland - mu_of.adipose) * gland;
      const double mu = soft + (mu_of.muscle - soft) * std::min(1.2, muscle);
      path(r, c) = static_cast<float>(mu_of.skin * skin + mu * (t - skin));
    }
  }
  path += foreign;
  // A pixel sees a little of its neighbours: the skin line has no stairs.
  path = Blur(path, 0.5);
  cv::Mat1f primary;
  cv::exp(-path, primary);
  for (int c = 0; c < grid.width; ++c) {
    primary.col(c) *= 1 - e.heel * std::min(1.0, (c + 0.5) * grid.mm / 100);
  }
  cv::Mat1f signal =
      primary + e.scatter_fraction * Blur(cv::min(primary, 0.3), e.scatter_mm / grid.mm);
  signal /= 1 + 0.3 * e.scatter_fraction;
  signal = Blur(signal, std::sqrt(std::pow(e.blur_mm / grid.mm, 2) + std::pow(e.extra_blur_px, 2)));
  // Quantum noise: variance proportional to the signal, scaled to the middle of the breast.
  const double middle = std::max(1e-4f, Quantile(signal, body.inside, 0.3));
  const double gain = e.relative_noise * (kNoisePixelMm / grid.mm) * std::sqrt(middle);
  for (int r = 0; r < grid.height; ++r) {
    for (int c = 0; c < grid.width; ++c) {
      const double s = std::max(1e-5f, signal(r, c));
      signal(r, c) =
          static_cast<float>(std::max(1e-5, s + gain * std::sqrt(s) * ApproxNormal(random.Bits())));
    }
  }
  return signal;
}

}  // namespace mhcnn::phantom
