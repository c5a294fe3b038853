#include "train/augment.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "base/error.h"

namespace mhcnn {
namespace {

double Either(RandomStream& random, double size) { return random.Uniform(-size, size); }

/// Rotation and scale about the middle of the chest wall (the left edge), then a shift.
void Move(Example& example, const AugmentOptions& o, RandomStream& random) {
  const cv::Size size = example.image.size();
  const double angle = Either(random, o.rotation), scale = std::exp(Either(random, o.scale));
  const double dx = Either(random, o.shift) * size.width,
               dy = Either(random, o.shift) * size.height;
  cv::Mat matrix =
      cv::getRotationMatrix2D({0.0f, static_cast<float>(size.height) / 2}, angle, scale);
  matrix.at<double>(0, 2) += dx;
  matrix.at<double>(1, 2) += dy;
  cv::Mat moved;
  cv::warpAffine(example.image, moved, matrix, size, cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                 cv::Scalar(0));
  example.image = moved;
  for (auto& mask : example.masks) {
    if (mask.empty()) continue;
    cv::Mat turned;
    cv::warpAffine(mask, turned, matrix, size, cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                   cv::Scalar(0));
    cv::Mat(turned > 127).copyTo(mask);
  }
}

void CutOff(Example& example, const AugmentOptions& o, RandomStream& random) {
  const int rows = static_cast<int>(random.Uniform(0, o.cut_off) * example.image.rows);
  if (rows == 0) return;
  const cv::Rect strip(0, random.Chance(0.5) ? 0 : example.image.rows - rows, example.image.cols,
                       rows);
  example.image(strip).setTo(0);
  for (auto& mask : example.masks) {
    if (!mask.empty()) mask(strip).setTo(0);
  }
}

void ChangeGreyValues(cv::Mat1f& image, const AugmentOptions& o, RandomStream& random) {
  const double gamma = std::exp(Either(random, o.gamma)),
               contrast = std::exp(Either(random, o.contrast)),
               brightness = Either(random, o.brightness);
  for (float& value : image) {
    const double magnitude = std::pow(std::abs(static_cast<double>(value)), gamma);
    const double curved = value < 0 ? -magnitude : magnitude;
    value = static_cast<float>(curved * contrast + (value != 0 ? brightness : 0));
  }
}

void AddNoise(cv::Mat1f& image, double deviation, RandomStream& random) {
  for (float& value : image) value += static_cast<float>(deviation * random.Normal());
}

}  // namespace

void AugmentOptions::Check() const {
  const auto check = [](const char* field, double value, double high) {
    if (!(value >= 0 && value <= high)) {
      throw Error(ErrorCode::kUsage, std::string("key 'augment.") + field + "' must lie in 0 to " +
                                         std::to_string(high));
    }
  };
  check("probability", probability, 1);
  check("rotation", rotation, 90);
  check("scale", scale, 1);
  check("shift", shift, 0.5);
  check("gamma", gamma, 2);
  check("contrast", contrast, 2);
  check("brightness", brightness, 1);
  check("noise", noise, 1);
  check("blur", blur, 20);
  check("cut_off", cut_off, 0.5);
}

void Augment(Example& example, const AugmentOptions& o, RandomStream& random) {
  if (!random.Chance(o.probability)) return;
  if (o.rotation > 0 || o.scale > 0 || o.shift > 0) Move(example, o, random);
  if (o.cut_off > 0 && random.Chance(0.25)) CutOff(example, o, random);
  ChangeGreyValues(example.image, o, random);
  if (o.blur > 0 && random.Chance(0.3)) {
    cv::GaussianBlur(example.image, example.image, cv::Size(0, 0),
                     std::max(0.1, random.Uniform(0, o.blur)));
  }
  if (o.noise > 0 && random.Chance(0.4))
    AddNoise(example.image, random.Uniform(0, o.noise), random);
}

}  // namespace mhcnn
