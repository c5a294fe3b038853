#include "mhcnn/loader/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

/// Largest value of the background.
constexpr double kBackground = 0.02;
/// Brighter than the background by less than this: skin and the darkest fat, which
/// ChangeLocalContrast changes less.
constexpr double kDarkFat = 0.08;

double Either(RandomStream& random, double size) { return random.Uniform(-size, size); }

/// Rotation, scale and shear about the middle of the chest wall (the left edge), then a shift.
void Move(Example& example, const AugmentOptions& o, RandomStream& random) {
  const cv::Size size = example.image.size();
  const double angle = Either(random, o.rotation), scale = std::exp(Either(random, o.scale));
  const double dx = Either(random, o.shift) * size.width,
               dy = Either(random, o.shift) * size.height;
  const double middle = static_cast<double>(size.height) / 2;
  cv::Mat matrix = cv::getRotationMatrix2D({0.0f, static_cast<float>(middle)}, angle, scale);
  if (o.shear > 0) {
    // x += shear * (y - middle), after the rotation.
    const double shear = Either(random, o.shear);
    matrix.row(0) += shear * matrix.row(1);
    matrix.at<double>(0, 2) -= shear * middle;
  }
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

void Mirror(Example& example) {
  cv::flip(example.image, example.image, 0);
  for (auto& mask : example.masks) {
    if (!mask.empty()) cv::flip(mask, mask, 0);
  }
}

/// Blackens a triangle in the upper or lower corner at the chest wall, in which the muscle lies.
void CutPectoral(Example& example, RandomStream& random) {
  const int height = static_cast<int>(random.Uniform(0.1, 0.5) * example.image.rows),
            width = static_cast<int>(random.Uniform(0.2, 0.7) * example.image.cols);
  const int edge = random.Chance(0.5) ? 0 : example.image.rows - 1;
  const std::vector<cv::Point> corner = {
      {0, edge}, {width, edge}, {0, edge == 0 ? height : edge - height}};
  cv::fillConvexPoly(example.image, corner, cv::Scalar(0));
  for (auto& mask : example.masks) {
    if (!mask.empty()) cv::fillConvexPoly(mask, corner, cv::Scalar(0));
  }
}

/// A bright plate with darker strokes, away from the chest wall, where nothing of the breast lies.
void AddMarker(Example& example, RandomStream& random) {
  const cv::Size size = example.image.size();
  const double tall = random.Uniform(0.04, 0.12), wide = random.Uniform(0.1, 0.3);
  const cv::Size plate(static_cast<int>(size.width * wide), static_cast<int>(size.height * tall));
  const cv::Rect box({static_cast<int>(random.Uniform(0.5, 1) * (size.width - plate.width)),
                      static_cast<int>(random.Uniform(0, 1) * (size.height - plate.height))},
                     plate);
  const float level = static_cast<float>(random.Uniform(0.6, 1.1));
  if (box.empty() || cv::countNonZero(example.image(box) > kBackground) > 0) return;
  for (const auto& mask : example.masks) {
    if (!mask.empty() && cv::countNonZero(mask(box)) > 0) return;
  }
  example.image(box).setTo(level);
  const int stroke = std::max(1, plate.height / 5);
  cv::line(example.image, {box.x + plate.width / 3, box.y + stroke},
           {box.x + plate.width / 3, box.y + plate.height - stroke}, cv::Scalar(level * 0.4),
           stroke);
  cv::line(example.image, {box.x + plate.width / 2, box.y + plate.height / 2},
           {box.x + plate.width - stroke, box.y + plate.height / 2}, cv::Scalar(level * 0.4),
           stroke);
}

/// The grey values as a window with other ends would have left them.
void MoveWindow(cv::Mat1f& image, double size, RandomStream& random) {
  const double low = Either(random, size), high = 1 + Either(random, size);
  const double top = std::max(1.0, *std::max_element(image.begin(), image.end()) * 1.0);
  for (float& value : image) {
    if (value <= 0) continue;  // the background stays black
    value = static_cast<float>(std::clamp((value - low) / (high - low), 0.0, top));
  }
}

/// A monotone tone curve through random support points, then tissue near the skin raised towards
/// the mean, as "skin line equalisation" does. The breast is where the image is not black.
void ChangeToneCurve(cv::Mat1f& image, double strength, RandomStream& random) {
  std::array<double, 6> curve{};  // values at 0, 0.2 … 1
  for (std::size_t i = 1; i < curve.size(); ++i)
    curve[i] = curve[i - 1] + std::exp(strength * random.Normal(0, 0.5));
  for (double& value : curve) value /= curve.back();
  const double equalised = random.Uniform(0, 0.6) * strength,
               reach = random.Uniform(0.05, 0.25) * image.cols;
  const cv::Mat1b breast = image > kBackground;
  cv::Mat1f depth;
  cv::distanceTransform(breast, depth, cv::DIST_L2, cv::DIST_MASK_3);
  const double mean = cv::mean(image, breast)[0];
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      float& value = image(y, x);
      if (!breast(y, x)) continue;
      if (value < 1) {
        const double at = static_cast<double>(value) * 5;
        const auto i = std::min<std::size_t>(4, static_cast<std::size_t>(at));
        value = static_cast<float>(std::lerp(curve[i], curve[i + 1], at - static_cast<double>(i)));
      }
      const double near = equalised * std::exp(-static_cast<double>(depth(y, x)) / reach);
      value = static_cast<float>(value + near * std::max(0.0, mean - value));
    }
  }
}

/// Splits the breast into a smooth part and the remaining detail, and scales each. The smooth part
/// is a mean over the breast alone: the background does not change it.
void ChangeLocalContrast(cv::Mat1f& image, double strength, RandomStream& random) {
  const double width = random.Uniform(0.03, 0.15) * image.rows;
  const double of_smooth = std::exp(strength * random.Uniform(-1, 0.3)),
               of_detail = std::exp(strength * random.Uniform(-0.5, 0.8));
  const cv::Mat1b breast = image > kBackground;
  if (cv::countNonZero(breast) == 0) return;
  const double mean = cv::mean(image, breast)[0];
  cv::Mat1f weight;
  breast.convertTo(weight, CV_32F, 1.0 / 255);
  // The mean is smooth, so a quarter of the size is enough to compute it.
  const auto smoothed = [&](const cv::Mat1f& whole) {
    cv::Mat1f small, smooth;
    cv::resize(whole, small, {}, 0.25, 0.25, cv::INTER_AREA);
    cv::GaussianBlur(small, small, cv::Size(0, 0), width / 4);
    cv::resize(small, smooth, whole.size(), 0, 0, cv::INTER_LINEAR);
    return smooth;
  };
  const cv::Mat1f smooth = smoothed(image.mul(weight)), covered = smoothed(weight);
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      if (!breast(y, x)) continue;
      const double base =
          static_cast<double>(smooth(y, x)) / std::max(1e-3, static_cast<double>(covered(y, x)));
      const double detail = static_cast<double>(image(y, x)) - base;
      const double changed = mean + of_smooth * (base - mean) + of_detail * detail;
      // The darkest fat and the skin change less: the outline stays as soft as it was, and tissue
      // stays brighter than the background.
      const double before = static_cast<double>(image(y, x)),
                   fraction = std::min(1.0, (before - kBackground) / kDarkFat);
      image(y, x) =
          static_cast<float>(std::max(kBackground, before + fraction * (changed - before)));
    }
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
  for (float& value : image) {
    if (value != 0) value += static_cast<float>(deviation * random.Normal());
  }
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
  check("shear", shear, 0.5);
  check("flip", flip, 1);
  check("window", window, 0.4);
  check("tone_curve", tone_curve, 1);
  check("local_contrast", local_contrast, 1);
  check("pectoral", pectoral, 1);
  check("marker", marker, 1);
}

void Augment(Example& example, const AugmentOptions& o, RandomStream& random) {
  if (!random.Chance(o.probability)) return;
  if (o.rotation > 0 || o.scale > 0 || o.shift > 0 || o.shear > 0) Move(example, o, random);
  if (o.flip > 0 && random.Chance(o.flip)) Mirror(example);
  if (o.cut_off > 0 && random.Chance(0.25)) CutOff(example, o, random);
  if (o.pectoral > 0 && random.Chance(o.pectoral)) CutPectoral(example, random);
  if (o.tone_curve > 0) ChangeToneCurve(example.image, o.tone_curve, random);
  if (o.local_contrast > 0 && random.Chance(0.5))
    ChangeLocalContrast(example.image, o.local_contrast, random);
  ChangeGreyValues(example.image, o, random);
  if (o.window > 0) MoveWindow(example.image, o.window, random);
  if (o.marker > 0 && random.Chance(o.marker)) AddMarker(example, random);
  if (o.blur > 0 && random.Chance(0.3)) {
    cv::GaussianBlur(example.image, example.image, cv::Size(0, 0),
                     std::max(0.1, random.Uniform(0, o.blur)));
  }
  if (o.noise > 0 && random.Chance(0.4))
    AddNoise(example.image, random.Uniform(0, o.noise), random);
}

}  // namespace mhcnn
