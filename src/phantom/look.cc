#include "phantom/look.h"

#include <algorithm>
#include <cmath>

namespace mhcnn::phantom {

Look DrawLook(RandomStream& random) {
  Look l{};
  l.film = random.Chance(0.5);
  l.equalisation =
      l.film ? (random.Chance(0.8) ? 0 : random.Uniform(0, 0.4)) : random.Uniform(0, 1);
  l.equalisation_mm = random.Uniform(1.5, 6);
  l.unsharp[0] = l.film ? random.Uniform(0, 0.4) : random.Uniform(0, 2.0);
  l.unsharp[1] = l.film ? random.Uniform(0, 0.3) : random.Uniform(0, 1.2);
  l.unsharp_mm[0] = random.Uniform(0.6, 2);
  l.unsharp_mm[1] = random.Uniform(3, 15);
  l.window_low = random.Uniform(-0.15, 0.3);
  l.window_high = random.Uniform(-0.05, 0.4);
  l.curve = l.film ? random.Uniform(2.5, 7) : (random.Chance(0.5) ? 0 : random.Uniform(2, 6));
  l.curve_centre = random.Uniform(0.4, 0.7);
  l.gamma = std::exp(random.Normal(0, 0.2));
  l.clean_background = !l.film && random.Chance(0.75);
  l.background = l.film ? random.Uniform(0.0, 0.1) : 0.0;
  if (random.Chance(0.06)) l.background = random.Uniform(0.1, 0.3);
  l.background_noise = random.Uniform(0.001, 0.01);
  l.grain = l.film ? random.Uniform(0.002, 0.02) : random.Uniform(0, 0.006);
  l.grain_mm = random.Uniform(0.1, 0.5);
  return l;
}

cv::Mat1f Present(const cv::Mat1f& signal, const Body& body, const Look& l, const Grid& grid,
                  RandomStream& random) {
  cv::Mat1f image;
  cv::log(signal, image);
  image = -image;  // attenuation: 0 in air, 2..4 in the breast
  if (l.equalisation > 0) {
    const double full = Quantile(body.thickness_mm, body.inside, 0.8);
    cv::Mat1f missing = cv::max(full - body.thickness_mm, 0.f);
    missing.setTo(full, ~body.inside);
    missing = Blur(missing, l.equalisation_mm / grid.mm);
    cv::Mat1f correction = missing * (l.equalisation * kAdipose);
    correction.setTo(0, ~body.inside);
    image += correction;
  }
  for (int i = 0; i < 2; ++i) {
    image += l.unsharp[i] * (image - Blur(image, l.unsharp_mm[i] / grid.mm));
  }
  // The window: from the fat near the rim to the densest tissue.
  const Mask breast = body.inside & ~body.pectoral;
  const double low = Quantile(image, breast, l.film ? 0.02 : 0.04);
  const double high = Quantile(image, breast, 0.985);
  const double range = std::max(0.2, high - low);
  const double bottom = low - l.window_low * range, top = high + l.window_high * range;
  const double scale = 1 / std::max(0.2, top - bottom);
  const auto sigmoid = [&](double v) {
    return 1 / (1 + std::exp(-l.curve * (v - l.curve_centre)));
  };
  const double s0 = sigmoid(0), s1 = sigmoid(1);
  for (int r = 0; r < image.rows; ++r) {
    for (int c = 0; c < image.cols; ++c) {
      double v = (image(r, c) - bottom) * scale;
      // Film has a soft toe and shoulder beyond the window; a linear window clips.
      v = l.curve > 0 ? (sigmoid(v) - s0) / (s1 - s0) : v;
      v = std::pow(std::clamp(v, 0.0, 1.1), l.gamma);
      image(r, c) = static_cast<float>(l.background + (1 - l.background) * v);
    }
  }
  cv::Mat1f grain(image.size());
  for (int r = 0; r < image.rows; ++r) {
    for (int c = 0; c < image.cols; ++c) grain(r, c) = static_cast<float>(random.Normal());
  }
  grain = Blur(grain, l.grain_mm / grid.mm);
  image += l.grain * grain;
  if (l.clean_background) image.setTo(0, ~body.inside);
  return image;
}

cv::Mat1f Raw(const cv::Mat1f& signal, const Body& body, RandomStream& random) {
  // The gain is such that the breast fills the lower part and air saturates.
  const double middle = std::max(1e-4f, Quantile(signal, body.inside, 0.5));
  const double at = random.Uniform(0.06, 0.25);
  return cv::Mat1f(signal * (at / middle));
}

}  // namespace mhcnn::phantom
