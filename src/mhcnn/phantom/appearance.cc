#include "mhcnn/phantom/appearance.h"

#include <algorithm>
#include <cmath>

namespace mhcnn::phantom {
namespace {

/// The mean grey of the film, or of the digital window, for each attenuation.
double FilmGrey(double attenuation, double centre, const Appearance& l) {
  const double grey = 1 / (1 + std::exp(-l.film_slope * (attenuation - centre)));
  return (grey - l.scan_low) / (l.scan_high - l.scan_low);
}

/// Puts back what the rounded edge lacks of the full thickness, in attenuation.
void Equalise(cv::Mat1f& attenuation, const Body& body, const Appearance& l, const Grid& grid) {
  const double full = Quantile(body.thickness_mm, body.inside, 0.8);
  cv::Mat1f missing = cv::max(full - body.thickness_mm, 0.f);
  missing = Blur(missing, l.equalisation_mm / grid.mm);
  missing.setTo(0, ~body.inside);
  attenuation += missing * (l.equalisation * AttenuationAt(20).adipose);
}

}  // namespace

Appearance SampleAppearance(std::span<const AppearanceFamily* const> families,
                            RandomStream& random) {
  double total = 0;
  for (const AppearanceFamily* family : families) total += family->weight;
  double at = random.Uniform(0, total);
  const AppearanceFamily* chosen = families.back();
  for (const AppearanceFamily* family : families) {
    if (at < family->weight) {
      chosen = family;
      break;
    }
    at -= family->weight;
  }
  const AppearanceFamily& f = *chosen;
  const auto draw = [&](const UniformRange& range) {
    return random.Uniform(range.low, range.high);
  };
  Appearance l{};
  l.film = f.film;
  l.film_slope = draw(f.film_slope);
  l.film_exposure = draw(f.film_exposure);
  l.scan_low = draw(f.scan_low);
  l.scan_high = draw(f.scan_high);
  l.equalisation = random.Chance(f.equalised) ? draw(f.equalisation) : 0;
  l.equalisation_mm = draw(f.equalisation_mm);
  l.unsharp[0] = draw(f.unsharp_fine);
  l.unsharp[1] = draw(f.unsharp_middle);
  l.unsharp[2] = draw(f.unsharp_coarse);
  l.unsharp_mm[0] = random.Uniform(0.4, 1.5);
  l.unsharp_mm[1] = random.Uniform(2, 6);
  l.unsharp_mm[2] = random.Uniform(8, 25);
  l.window_low = draw(f.window_low);
  l.window_high = draw(f.window_high);
  l.curve = random.Chance(f.curved) ? draw(f.curve) : 0;
  l.curve_centre = random.Uniform(0.4, 0.7);
  l.clean_background = random.Chance(f.clean);
  l.gamma = std::exp(random.Normal(0, f.gamma_deviation));
  l.background = draw(f.background);
  l.grain = draw(f.grain);
  l.grain_mm = draw(f.grain_mm);
  if (random.Chance(0.04)) {  // somebody's wrong window
    l.window_low += random.Uniform(-0.3, 0.8);
    l.window_high += random.Uniform(-0.3, 0.8);
    l.gamma *= std::exp(random.Normal(0, 0.3));
  }
  return l;
}

cv::Mat1f RenderForPresentation(const cv::Mat1f& signal, const Body& body, const Mask& breast,
                                const Appearance& l, const Grid& grid, RandomStream& random) {
  cv::Mat1f image;
  cv::log(signal, image);
  image = -image;  // attenuation: 0 in air, 2..4 in the breast
  const double median = Quantile(image, breast, 0.5);
  const double film_centre = median + l.film_exposure * (Quantile(image, breast, 0.95) - median);
  if (l.equalisation > 0) Equalise(image, body, l, grid);
  cv::Mat1f weight;
  body.inside.convertTo(weight, CV_32F, 1 / 255.0);
  for (int i = 0; i < 3; ++i) {
    if (l.unsharp[i] <= 0) continue;
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
      grain(r, c) = ApproxNormal(random.Bits());
    }
  }
  image += l.grain * Blur(grain, l.grain_mm / grid.mm);
  if (l.clean_background) image.setTo(l.background, ~body.inside);
  return image;
}

cv::Mat1f RenderForProcessing(const cv::Mat1f& signal, const Body& body, RandomStream& random) {
  // The gain is such that the breast fills the lower part and air saturates.
  const double middle = std::max(1e-4f, Quantile(signal, body.inside, 0.5));
  const double at = random.Uniform(0.06, 0.25);
  return cv::Mat1f(signal * (at / middle));
}

}  // namespace mhcnn::phantom
