#include "mhcnn/preprocess/mammogram_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "mhcnn/image/mask.h"

namespace mhcnn {
namespace {

constexpr int kLongSide = 256;    // pixels of the region's box in the copy
constexpr int kMaxSide = 1024;    // pixels of the whole copy
constexpr double kNear = 0.02;    // of the copy's side: touches the frame
constexpr double kFarGrey = 2.0;  // grey values beyond -2 and 3 say no more than these

/// The picture as the network sees it (chest wall at the left), at the figures' scale.
struct Portrait {
  cv::Mat1f unit;
  Mask region;
  cv::Rect frame, box;
};

Portrait MakePortrait(const GreyImage& picture, const Prepared& prepared) {
  const cv::Rect found = cv::boundingRect(prepared.region);
  const cv::Size working = prepared.region.size();
  const double scale =
      std::min(static_cast<double>(kLongSide) / std::max({1, found.width, found.height}),
               static_cast<double>(kMaxSide) / std::max(working.width, working.height));
  const cv::Size size(std::max(8, cvRound(working.width * scale)),
                      std::max(8, cvRound(working.height * scale)));
  cv::Mat1f source, resized;
  picture.convertTo(source, CV_32F);
  cv::resize(source, resized, size, 0, 0,
             size.width < picture.cols ? cv::INTER_AREA : cv::INTER_LINEAR);
  resized = (resized - prepared.low) / std::max(1e-6, prepared.high - prepared.low);
  resized = cv::min(cv::max(resized, -kFarGrey), 1 + kFarGrey);
  const Orientation& orientation = prepared.geometry.orientation;
  Portrait p;
  p.unit = orientation.Apply(resized);
  p.region = orientation.Apply(ResizeMask(prepared.region, size));
  const cv::Rect2d frame(prepared.frame.x * scale, prepared.frame.y * scale,
                         prepared.frame.width * scale, prepared.frame.height * scale);
  p.frame = cv::Rect(frame) & cv::Rect({}, p.unit.size());
  if (p.frame.empty()) p.frame = cv::Rect({}, p.unit.size());
  p.region(p.frame).copyTo(p.region(p.frame));
  p.box = cv::boundingRect(p.region);
  return p;
}

std::vector<float> ValuesIn(const cv::Mat1f& map, const Mask& mask) {
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(cv::countNonZero(mask)));
  for (int y = 0; y < map.rows; ++y) {
    for (int x = 0; x < map.cols; ++x) {
      if (mask(y, x)) values.push_back(map(y, x));
    }
  }
  return values;
}

std::vector<float> SortedValuesIn(const cv::Mat1f& map, const Mask& mask) {
  std::vector<float> values = ValuesIn(map, mask);
  std::sort(values.begin(), values.end());
  return values;
}

/// Returns a quantile of the values; changes their order.
double Quantile(std::vector<float>& values, double fraction) {
  if (values.empty()) return 0;
  const auto at = values.begin() +
                  static_cast<std::ptrdiff_t>(fraction * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return static_cast<double>(*at);
}

/// Correlation of two maps where both are known.
double Correlation(const cv::Mat1f& a, const cv::Mat1f& b, const Mask& mask) {
  double n = 0, sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  for (int y = 0; y < a.rows; ++y) {
    for (int x = 0; x < a.cols; ++x) {
      if (!mask(y, x)) continue;
      const double u = a(y, x), v = b(y, x);
      n += 1, sa += u, sb += v, saa += u * u, sbb += v * v, sab += u * v;
    }
  }
  const double va = n * saa - sa * sa, vb = n * sbb - sb * sb;
  return n > 16 && va > 1e-9 && vb > 1e-9 ? (n * sab - sa * sb) / std::sqrt(va * vb) : 0;
}

class Figures {
 public:
  explicit Figures(const Portrait& portrait) : p_(portrait) {}

  std::vector<double> Measure() {
    if (p_.box.empty() || p_.box.width < 4 || p_.box.height < 4) {
      return std::vector<double>(MammogramFeatureNames().size(), 0.0);
    }
    Shape();
    Contacts();
    Front();
    Background();
    GreyValues();
    MeasureSkinProfile();
    Texture();
    return std::move(values_);
  }

 private:
  void Add(double value) { values_.push_back(value); }

  void Shape() {
    std::vector<std::vector<cv::Point>> contours;
    cv::findContours(p_.region, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
    const auto largest = std::max_element(
        contours.begin(), contours.end(),
        [](const auto& a, const auto& b) { return cv::contourArea(a) < cv::contourArea(b); });
    std::vector<cv::Point> hull;
    cv::convexHull(*largest, hull);
    const double area = cv::contourArea(*largest);
    Add(static_cast<double>(cv::countNonZero(p_.region(p_.frame))) / p_.frame.area());
    Add(area / std::max(1.0, cv::contourArea(hull)));
    Add(area / p_.box.area());
    Add(cv::arcLength(*largest, true) / std::max(1.0, cv::arcLength(hull, true)));
    Add(std::log(static_cast<double>(p_.box.height) / p_.box.width));
    const int strip = std::max(1, p_.box.width / 10);
    const auto fill = [&](int x) {
      const cv::Rect part(x, p_.box.y, strip, p_.box.height);
      return static_cast<double>(cv::countNonZero(p_.region(part))) / part.area();
    };
    Add(fill(p_.box.x));
    Add(fill(p_.box.br().x - strip));
  }

  /// Fractions of the box's sides along which the region reaches the frame.
  void Contacts() {
    const int near_x = std::max(1, cvRound(kNear * p_.frame.width)),
              near_y = std::max(1, cvRound(kNear * p_.frame.height));
    const auto contact = [&](const cv::Rect& strip, int side) {
      const cv::Rect inside = strip & p_.frame;
      if (inside.empty()) return 0.0;
      cv::Mat line;
      cv::reduce(p_.region(inside), line, strip.width < strip.height ? 1 : 0, cv::REDUCE_MAX);
      return static_cast<double>(cv::countNonZero(line)) / side;
    };
    const cv::Rect& f = p_.frame;
    Add(contact({f.x, f.y, near_x, f.height}, p_.box.height));
    Add(contact({f.br().x - near_x, f.y, near_x, f.height}, p_.box.height));
    const double above = contact({f.x, f.y, f.width, near_y}, p_.box.width),
                 below = contact({f.x, f.br().y - near_y, f.width, near_y}, p_.box.width);
    Add(std::max(above, below));
    Add(std::min(above, below));
  }

  /// The front's distance from the chest wall along the height, and the parabola it is near to.
  void Front() {
    cv::Mat1d design(p_.box.height, 3), front(p_.box.height, 1);
    for (int row = 0; row < p_.box.height; ++row) {
      const double y = (row + 0.5) / p_.box.height * 2 - 1;
      int x = p_.box.width - 1;
      while (x > 0 && !p_.region(p_.box.y + row, p_.box.x + x)) --x;
      design(row, 0) = 1, design(row, 1) = y, design(row, 2) = y * y;
      front(row, 0) = static_cast<double>(x + 1) / p_.box.width;
    }
    cv::Mat1d fit;
    cv::solve(design, front, fit, cv::DECOMP_SVD);
    const cv::Mat1d rest = front - design * fit;
    Add(cv::norm(rest) / std::sqrt(static_cast<double>(p_.box.height)));
    Add(fit(2, 0));
    double rough = 0;
    for (int row = 2; row < p_.box.height - 2; ++row) {
      rough += std::abs(front(row - 2, 0) - 2 * front(row, 0) + front(row + 2, 0));
    }
    Add(std::log(rough / p_.box.height + 1e-3));
  }

  void Background() {
    Mask grown, outside = Mask::zeros(p_.region.size());
    cv::dilate(p_.region, grown, cv::Mat::ones(7, 7, CV_8U));
    outside(p_.frame).setTo(255);
    outside.setTo(0, grown);
    auto values = ValuesIn(p_.unit, outside);
    const double fraction = static_cast<double>(values.size()) / p_.frame.area();
    Add(fraction);
    if (fraction < 0.005) {  // none to speak of: values of a usual one
      for (const double usual : {-0.2, 0.02, 0.0, 0.9}) Add(usual);
    } else {
      const double middle = Quantile(values, 0.5);
      Add(middle);
      Add(Quantile(values, 0.9) - Quantile(values, 0.1));
      cv::Mat1f smooth;
      cv::GaussianBlur(p_.unit, smooth, cv::Size(0, 0), 2);
      Add(std::log(cv::mean(cv::abs(p_.unit - smooth), outside)[0] + 1e-3));
      const auto near = std::count_if(values.begin(), values.end(), [&](float v) {
        return std::abs(static_cast<double>(v) - middle) < 0.08;
      });
      Add(static_cast<double>(near) / static_cast<double>(values.size()));
    }
    Add(Brighter(outside));
  }

  /// Fraction of what is outside that is brighter than the region's median.
  double Brighter(const Mask& outside) const {
    auto values = ValuesIn(p_.unit, p_.region);
    const double middle = Quantile(values, 0.5);
    return static_cast<double>(cv::countNonZero((p_.unit > middle) & outside)) / p_.frame.area();
  }

  void GreyValues() {
    auto values = SortedValuesIn(p_.unit, p_.region);  // sums depend on the order
    const auto n = static_cast<double>(values.size());
    double mean = 0, second = 0, third = 0;
    for (const float v : values) mean += static_cast<double>(v) / n;
    std::array<double, 64> bins{};
    for (const float v : values) {
      const double d = static_cast<double>(v) - mean;
      second += d * d / n;
      third += d * d * d / n;
      bins[static_cast<std::size_t>(std::clamp(static_cast<int>(v * 64), 0, 63))] += 1 / n;
    }
    double entropy = 0;
    for (const double b : bins) entropy -= b > 0 ? b * std::log(b) : 0;
    Add(mean);
    Add(std::sqrt(second));
    Add(second > 1e-9 ? third / std::pow(second, 1.5) : 0);
    Add(Quantile(values, 0.1));
    Add(Quantile(values, 0.5));
    Add(Quantile(values, 0.9));
    Add(entropy);
    Add(*std::max_element(bins.begin(), bins.end()));
  }

  /// Grey values by the distance from the skin: where the region ends within the frame.
  void MeasureSkinProfile() {
    Mask inside = Mask::zeros(p_.region.rows + 2, p_.region.cols + 2);
    inside.setTo(255);
    p_.region.copyTo(inside(cv::Rect(1, 1, p_.region.cols, p_.region.rows)));
    // The frame itself is no skin.
    Mask open = inside(cv::Rect(1, 1, p_.region.cols, p_.region.rows)).clone();
    Mask beyond(p_.region.size(), 255);
    beyond(p_.frame).setTo(0);
    open.setTo(255, beyond);
    open.copyTo(inside(cv::Rect(1, 1, p_.region.cols, p_.region.rows)));
    cv::Mat padded;
    cv::distanceTransform(inside, padded, cv::DIST_L2, 5);
    const cv::Mat1f distance =
        cv::min(padded(cv::Rect(1, 1, p_.region.cols, p_.region.rows)), 0.5F * kLongSide);
    constexpr std::array<float, 6> kBands = {0, 0.012F, 0.03F, 0.07F, 0.15F, 1};
    std::array<double, 5> level{};
    for (std::size_t i = 0; i < level.size(); ++i) {
      const Mask band =
          (distance > kBands[i] * kLongSide) & (distance <= kBands[i + 1] * kLongSide) & p_.region;
      level[i] =
          cv::countNonZero(band) > 16 ? cv::mean(p_.unit, band)[0] : (i > 0 ? level[i - 1] : 0.3);
    }
    Add(level[0]);
    for (std::size_t i = 1; i < level.size(); ++i) Add(level[i] - level[i - 1]);
    Add(Correlation(p_.unit, distance, p_.region));
    cv::Mat1f across(p_.region.size());
    for (int y = 0; y < across.rows; ++y) {
      for (int x = 0; x < across.cols; ++x) across(y, x) = static_cast<float>(x);
    }
    Add(Correlation(p_.unit, across, p_.region));
    cv::Mat1f upside_down;
    Mask both;
    cv::flip(p_.unit(p_.box), upside_down, 0);
    cv::flip(p_.region(p_.box), both, 0);
    Add(Correlation(p_.unit(p_.box), upside_down, both & p_.region(p_.box)));
  }

  void Texture() {
    Mask inner;
    cv::erode(p_.region, inner, cv::Mat::ones(13, 13, CV_8U));
    if (cv::countNonZero(inner) < 64) inner = p_.region;
    cv::Mat1f finer = p_.unit;
    for (const double deviation : {1.0, 2.0, 4.0, 8.0, 16.0}) {
      cv::Mat1f smooth;
      cv::GaussianBlur(p_.unit, smooth, cv::Size(0, 0), deviation, 0, cv::BORDER_REPLICATE);
      auto band = ValuesIn(cv::abs(finer - smooth), inner);
      const double middle = Quantile(band, 0.5);
      Add(std::log(middle + 2e-3));
      if (deviation == 2.0 || deviation == 8.0) {
        Add(std::log((Quantile(band, 0.98) + 4e-3) / (middle + 2e-3)));
      }
      finer = smooth;
    }
    cv::Mat1f smooth, dx, dy;
    cv::GaussianBlur(p_.unit, smooth, cv::Size(0, 0), 1.0, 0, cv::BORDER_REPLICATE);
    cv::Sobel(smooth, dx, CV_32F, 1, 0);
    cv::Sobel(smooth, dy, CV_32F, 0, 1);
    double along = 0, all = 0;
    for (int y = 0; y < inner.rows; ++y) {
      for (int x = 0; x < inner.cols; ++x) {
        if (!inner(y, x)) continue;
        const double u = std::abs(dx(y, x)), v = std::abs(dy(y, x)), m = std::hypot(u, v);
        all += m;
        if (std::min(u, v) < 0.1 * m) along += m;
      }
    }
    Add(all > 0 ? along / all : 1);
    Add(Steps(dx, dy, inner));
  }

  /// Fraction of the gradients' sum that the steepest 2 % of the pixels have.
  static double Steps(const cv::Mat1f& dx, const cv::Mat1f& dy, const Mask& inner) {
    cv::Mat1f magnitude;
    cv::magnitude(dx, dy, magnitude);
    const auto values = SortedValuesIn(magnitude, inner);
    double all = 1e-9, steep = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      all += static_cast<double>(values[i]);
      if (i >= values.size() * 98 / 100) steep += static_cast<double>(values[i]);
    }
    return steep / all;
  }

  const Portrait& p_;
  std::vector<double> values_;
};

}  // namespace

const std::vector<std::string>& MammogramFeatureNames() {
  static const std::vector<std::string> names = {
      "shape.share",       "shape.solidity",     "shape.extent",     "shape.perimeter",
      "shape.aspect",      "shape.wall",         "shape.front",      "shape.wall_contact",
      "shape.front_touch", "shape.end_contact",  "shape.both_ends",  "shape.parabola_rest",
      "shape.bow",         "shape.roughness",    "background.share", "background.level",
      "background.spread", "background.texture", "background.flat",  "background.brighter",
      "grey.mean",         "grey.deviation",     "grey.skewness",    "grey.tenth",
      "grey.median",       "grey.nine_tenths",   "grey.entropy",     "grey.mode",
      "grey.skin",         "grey.rise_1",        "grey.rise_2",      "grey.rise_3",
      "grey.rise_4",       "grey.by_depth",      "grey.by_wall",     "grey.symmetry",
      "texture.1",         "texture.2",          "texture.2_tail",   "texture.4",
      "texture.8",         "texture.8_tail",     "texture.16",       "texture.axes",
      "texture.steps"};
  return names;
}

std::vector<double> ComputeMammogramFeatures(const GreyImage& picture, const Prepared& prepared) {
  return Figures(MakePortrait(picture, prepared)).Measure();
}

}  // namespace mhcnn
