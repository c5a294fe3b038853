#include "mhcnn/phantom/field.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace mhcnn::phantom {

NoiseTile::NoiseTile(RandomStream random, double beta, double span_mm, int size,
                     double lowest_cycles)
    : span_mm_(span_mm), size_(size), tile_(size, size) {
  for (int r = 0; r < size; ++r) {
    for (int c = 0; c < size; ++c) tile_(r, c) = ApproxNormal(random.Bits());
  }
  cv::Mat2f spectrum;
  cv::dft(tile_, spectrum, cv::DFT_COMPLEX_OUTPUT);
  for (int r = 0; r < size; ++r) {
    const double fy = std::min(r, size - r);
    for (int c = 0; c < size; ++c) {
      const double fx = std::min(c, size - c);
      const double f = std::sqrt(fx * fx + fy * fy);
      spectrum(r, c) *= f < lowest_cycles ? 0.f : static_cast<float>(std::pow(f, -0.5 * beta));
    }
  }
  cv::idft(spectrum, tile_, cv::DFT_REAL_OUTPUT | cv::DFT_SCALE);
  cv::Scalar mean, deviation;
  cv::meanStdDev(tile_, mean, deviation);
  tile_ = (tile_ - mean[0]) / std::max(1e-12, deviation[0]);
  cv::copyMakeBorder(tile_, tile_, kPad, kPad, kPad, kPad, cv::BORDER_WRAP);
}

cv::Mat1f NoiseTile::Sample(const Grid& grid) const {
  cv::Mat1f x(grid.height, grid.width), y(grid.height, grid.width);
  for (int r = 0; r < grid.height; ++r) {
    for (int c = 0; c < grid.width; ++c) {
      x(r, c) = static_cast<float>((c + 0.5) * grid.mm);
      y(r, c) = static_cast<float>((r + 0.5) * grid.mm);
    }
  }
  return Sample(x, y);
}

cv::Mat1f NoiseTile::Sample(const cv::Mat1f& x_mm, const cv::Mat1f& y_mm) const {
  // Wrapped here and not by remap, whose border rule costs most of its time.
  const auto n = static_cast<float>(size_);
  const float scale = n / static_cast<float>(span_mm_), period = 1 / n;
  const auto wrap = [&](const cv::Mat1f& in) {
    cv::Mat1f out(in.size());
    for (int r = 0; r < in.rows; ++r) {
      for (int c = 0; c < in.cols; ++c) {
        const float at = in(r, c) * scale;
        out(r, c) = at - n * std::floor(at * period) + kPad;
      }
    }
    return out;
  };
  cv::Mat1f out;
  cv::remap(tile_, out, wrap(x_mm), wrap(y_mm), cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  return out;
}

cv::Mat1f Blur(const cv::Mat1f& image, double sigma_px) {
  if (sigma_px < 0.2) return image.clone();
  const int shrink =
      std::clamp(static_cast<int>(sigma_px / 3), 1, std::min(image.rows, image.cols) / 8 + 1);
  cv::Mat1f out;
  if (shrink == 1) {
    cv::GaussianBlur(image, out, {0, 0}, sigma_px, sigma_px, cv::BORDER_REPLICATE);
    return out;
  }
  cv::Mat1f small;
  const cv::Size size((image.cols + shrink - 1) / shrink, (image.rows + shrink - 1) / shrink);
  cv::resize(image, small, size, 0, 0, cv::INTER_AREA);
  const double sigma = sigma_px / shrink;
  cv::GaussianBlur(small, small, {0, 0}, sigma, sigma, cv::BORDER_REPLICATE);
  cv::resize(small, out, image.size(), 0, 0, cv::INTER_CUBIC);
  return out;
}

float Quantile(const cv::Mat1f& image, const cv::Mat1b& mask, double q) {
  std::vector<float> values;
  values.reserve(image.total());
  for (int r = 0; r < image.rows; ++r) {
    for (int c = 0; c < image.cols; ++c) {
      if (mask(r, c)) values.push_back(image(r, c));
    }
  }
  if (values.empty()) return 0;
  const auto n =
      static_cast<std::ptrdiff_t>(std::clamp(q, 0.0, 1.0) * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + n, values.end());
  return values[static_cast<std::size_t>(n)];
}

}  // namespace mhcnn::phantom
