#include "phantom/look.h"

#include <algorithm>
#include <cmath>

namespace mhcnn::phantom {
namespace {

/// The mean grey of the film, or of the digital window, for each attenuation.
double FilmGrey(double attenuation, double centre, const Look& l) {
  const double grey = 1 / (1 + std::exp(-l.film_slope * (attenuation - centre)));
  return (grey - l.scan_low) / (l.scan_high - l.scan_low);
}

/// Puts back what the rounded edge lacks of the full thickness, in attenuation.
void Equalise(cv::Mat1f& attenuation, const Body& body, const Look& l, const Grid& grid) {
  const double full = Quantile(body.thickness_mm, body.inside, 0.8);
  cv::Mat1f missing = cv::max(full - body.thickness_mm, 0.f);
  missing = Blur(missing, l.equalisation_mm / grid.mm);
  missing.setTo(0, ~body.inside);
  attenuation += missing * (l.equalisation * kAdipose);
}

}  // namespace

Look DrawLook(RandomStream& random) {
  Look l{};
  l.film = random.Chance(0.5);
  l.film_slope = random.Uniform(1.0, 2.1);
  l.film_exposure = random.Uniform(0.0, 0.9);
  l.scan_low = random.Uniform(-0.02, 0.06);
  l.scan_high = random.Uniform(0.88, 1.1);
  l.equalisation = random.Uniform(0, 1);
  if (l.film && random.Chance(0.85)) l.equalisation = 0;
  l.equalisation_mm = random.Uniform(1.0, 5);
  l.unsharp[0] = l.film ? random.Uniform(0, 0.3) : random.Uniform(0, 1.4);
  l.unsharp[1] = l.film ? random.Uniform(0, 0.2) : random.Uniform(0, 0.8);
  l.unsharp_mm[0] = random.Uniform(0.6, 2);
  l.unsharp_mm[1] = random.Uniform(3, 15);
  l.window_low = random.Uniform(0.12, 0.7);
  l.window_high = random.Uniform(-0.05, 0.4);
  l.curve = random.Chance(0.5) ? 0 : random.Uniform(2, 5.5);
  l.curve_centre = random.Uniform(0.4, 0.7);
  l.clean_background = !l.film && random.Chance(0.8);
  l.gamma = std::exp(random.Normal(0, 0.18));
  l.background = l.film ? random.Uniform(0.0, 0.08) : 0.0;
  if (random.Chance(0.06)) l.background = random.Uniform(0.08, 0.3);
  l.grain = l.film ? random.Uniform(0.002, 0.015) : random.Uniform(0, 0.005);
  l.grain_mm = random.Uniform(0.1, 0.5);
  return l;
}

cv::Mat1f Present(const cv::Mat1f& signal, const Body& body, const Look& l, const Grid& grid,
                  RandomStream& random) {
  cv::Mat1f image;
  cv::log(signal, image);
  image = -image;  // attenuation: 0 in air, 2..4 in the breast
  const Mask breast = body.inside & ~body.pectoral;
  const double median = Quantile(image, breast, 0.5);
  const double film_centre = median + l.film_exposure * (Quantile(image, breast, 0.95) - median);
  if (l.equalisation > 0) Equalise(image, body, l, grid);
  cv::Mat1f weight;
  body.inside.convertTo(weight, CV_32F, 1 / 255.0);
  for (int i = 0; i < 2; ++i) {
    // Local means over tissue only: against air the skin line would get a thick bright rim.
    const double sigma = l.unsharp_mm[i] / grid.mm;
    const cv::Mat1f mean = Blur(image.mul(weight), sigma) / (Blur(weight, sigma) + 1e-3f);
    image += l.unsharp[i] * (image - mean).mul(weight);
  }
  // The digital window: from the fat to the densest tissue, and never so narrow that noise fills
  // it.
  const double low = Quantile(image, breast, 0.08);
  const double high = std::max(low + 0.7, static_cast<double>(Quantile(image, breast, 0.985)));
  const double bottom = low - l.window_low * (high - low);
  const double top = high + l.window_high * (high - low);
  const auto sigmoid = [&](double v) {
    return 1 / (1 + std::exp(-l.curve * (v - l.curve_centre)));
  };
  const double s0 = sigmoid(0), s1 = sigmoid(1);
  cv::Mat1f grain(image.size());
  for (int r = 0; r < image.rows; ++r) {
    for (int c = 0; c < image.cols; ++c) {
      double v = 0;
      if (l.film) {
        v = FilmGrey(image(r, c), film_centre, l);
      } else {
        v = (image(r, c) - bottom) / (top - bottom);
        if (l.curve > 0) v = (sigmoid(v) - s0) / (s1 - s0);
      }
      v = v > 0 ? std::pow(std::min(v, 1.1), l.gamma) : 0;
      image(r, c) = static_cast<float>(l.background + (1 - l.background) * v);
      grain(r, c) = RoughNormal(random.Bits());
    }
  }
  image += l.grain * Blur(grain, l.grain_mm / grid.mm);
  if (l.clean_background) image.setTo(l.background, ~body.inside);
  return image;
}

cv::Mat1f Raw(const cv::Mat1f& signal, const Body& body, RandomStream& random) {
  // The gain is such that the breast fills the lower part and air saturates.
  const double middle = std::max(1e-4f, Quantile(signal, body.inside, 0.5));
  const double at = random.Uniform(0.06, 0.25);
  return cv::Mat1f(signal * (at / middle));
}

}  // namespace mhcnn::phantom
