#include "phantom/physics.h"

#include <algorithm>
#include <cmath>

namespace mhcnn::phantom {

Exposure DrawExposure(RandomStream& random) {
  Exposure e{};
  e.scatter_share = random.Uniform(0.05, 0.5);
  e.scatter_mm = random.Uniform(8, 25);
  e.relative_noise = std::exp(random.Uniform(std::log(0.005), std::log(0.05)));
  e.blur_mm = random.Uniform(0.05, 0.2);
  e.extra_blur_px = random.Chance(0.5) ? random.Uniform(0.2, 1.1) : 0.0;
  e.skin_mm = random.Uniform(1.0, 2.6);
  return e;
}

cv::Mat1f DetectorSignal(const Body& body, const Tissue& tissue, const Exposure& e,
                         const cv::Mat1f& muscle_texture, const Grid& grid, RandomStream& random) {
  cv::Mat1f path(grid.height, grid.width, 0.f);  // mu * length
  for (int r = 0; r < grid.height; ++r) {
    for (int c = 0; c < grid.width; ++c) {
      const double t = body.thickness_mm(r, c);
      if (t <= 0) continue;
      // Two skins are crossed face on; at the skin line the whole path is skin.
      const double skin = std::min(t, 2 * e.skin_mm);
      const double muscle = body.muscle_share(r, c) * std::max(0.2f, 1 + muscle_texture(r, c));
      const double gland = tissue.gland_share(r, c);
      const double soft = kAdipose + (kGland - kAdipose) * gland;
      const double mu = soft + (kMuscle - soft) * std::min(1.2, muscle);
      path(r, c) = static_cast<float>(kSkin * skin + mu * (t - skin));
    }
  }
  // A pixel sees a little of its neighbours: the skin line has no stairs.
  path = Blur(path, 0.5);
  cv::Mat1f primary;
  cv::exp(-path, primary);
  cv::Mat1f signal =
      primary + e.scatter_share * Blur(cv::min(primary, 0.3), e.scatter_mm / grid.mm);
  signal /= 1 + 0.3 * e.scatter_share;
  signal = Blur(signal, std::sqrt(std::pow(e.blur_mm / grid.mm, 2) + std::pow(e.extra_blur_px, 2)));
  // Quantum noise: variance proportional to the signal, scaled to the middle of the breast.
  const double middle = std::max(1e-4f, Quantile(signal, body.inside, 0.3));
  const double gain = e.relative_noise * (kNoisePixelMm / grid.mm) * std::sqrt(middle);
  for (int r = 0; r < grid.height; ++r) {
    for (int c = 0; c < grid.width; ++c) {
      const double s = std::max(1e-5f, signal(r, c));
      signal(r, c) =
          static_cast<float>(std::max(1e-5, s + gain * std::sqrt(s) * RoughNormal(random.Bits())));
    }
  }
  return signal;
}

}  // namespace mhcnn::phantom
