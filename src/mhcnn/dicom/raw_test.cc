#include "mhcnn/dicom/raw.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mhcnn {
namespace {

constexpr int kBits = 14;
constexpr double kAir = 12000, kEdgeMm = 20;

DisplayParameters Header() {
  DisplayParameters parameters;
  parameters.bits = kBits;
  return parameters;
}

/// A breast of 200 x 140 pixels of 1 mm: half an ellipse whose thickness falls to 0 over the last
/// 20 mm before the skin, of fat (attenuation 1 where it is thickest), with a dense disc
/// (attenuation 0.6 more) in its middle.
struct Breast {
  cv::Mat1f depth;        ///< mm from the skin, 0 outside
  cv::Mat1f attenuation;  ///< natural logarithm of signal in air / signal
  Mask dense;
};

Breast MakeBreast() {
  const cv::Size size(140, 200);
  Mask breast = Mask::zeros(size), dense = breast.clone();
  cv::ellipse(breast, {0, 100}, {110, 85}, 0, 0, 360, 255, cv::FILLED);
  cv::circle(dense, {35, 100}, 18, 255, cv::FILLED);
  Breast made{{}, cv::Mat1f::zeros(size), dense};
  cv::distanceTransform(breast, made.depth, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double rim = 1 - std::min(1.0, made.depth(y, x) / kEdgeMm);
      const double thickness = breast(y, x) ? std::sqrt(1 - rim * rim) : 0;
      made.attenuation(y, x) = static_cast<float>(thickness + (dense(y, x) ? 0.6 * thickness : 0));
    }
  }
  return made;
}

/// What a linear detector stores: air * exp(-attenuation).
cv::Mat1w LinearSignal(const cv::Mat1f& attenuation) {
  cv::Mat1w signal(attenuation.size());
  for (int y = 0; y < signal.rows; ++y) {
    for (int x = 0; x < signal.cols; ++x) {
      signal(y, x) = static_cast<std::uint16_t>(std::lround(kAir * std::exp(-attenuation(y, x))));
    }
  }
  return signal;
}

const RawSignal kLinear{.brighter_is_air = true, .is_linear = true, .pixel_mm = 1.0};

double MeanAt(const GreyImage& grey, const Breast& breast, double from_mm, double to_mm) {
  const Mask ring = (breast.depth >= from_mm) & (breast.depth < to_mm) & (breast.dense == 0);
  return cv::mean(grey, ring)[0];
}

TEST(ConvertRaw, ThinnerMarginGetsTheGreyOfTheSameTissueInside) {
  const Breast breast = MakeBreast();
  const GreyImage grey = ConvertRaw(LinearSignal(breast.attenuation), Header(), kLinear);
  const double fat = MeanAt(grey, breast, 30, 60), dense = cv::mean(grey, breast.dense)[0];
  ASSERT_GT(dense, fat);
  // Without equalisation fat of 6 mm depth would lie 0.29 attenuation below the inside, which is
  // half of what dense tissue lies above it.
  for (const double mm : {6.0, 10.0, 15.0, 25.0}) {
    EXPECT_NEAR(MeanAt(grey, breast, mm, mm + 3), fat, 0.15 * (dense - fat)) << mm;
  }
  Mask around;  // the skin line is blurred by the smoothing of the breast's mask
  cv::dilate(breast.depth > 0, around, {}, {-1, -1}, 6);
  EXPECT_EQ(cv::norm(grey, cv::NORM_INF, around == 0), 0) << "air is black";
}

TEST(ConvertRaw, LogarithmsGiveWhatTheLinearSignalGives) {
  const Breast breast = MakeBreast();
  const cv::Mat1w linear = LinearSignal(breast.attenuation);
  cv::Mat1w logarithm(linear.size()), turned(linear.size());
  for (int y = 0; y < linear.rows; ++y) {
    for (int x = 0; x < linear.cols; ++x) {
      logarithm(y, x) = static_cast<std::uint16_t>(std::lround(1700 * std::log1p(linear(y, x))));
      turned(y, x) = static_cast<std::uint16_t>((1 << kBits) - 1 - logarithm(y, x));
    }
  }
  const GreyImage a = ConvertRaw(linear, Header(), kLinear);
  const GreyImage b = ConvertRaw(logarithm, Header(),
                                 {.brighter_is_air = true, .is_linear = false, .pixel_mm = 1.0});
  const GreyImage c =
      ConvertRaw(turned, Header(), {.brighter_is_air = false, .is_linear = false, .pixel_mm = 1.0});
  EXPECT_LT(cv::norm(a, b, cv::NORM_INF), 0.01 * 65535);
  EXPECT_LE(cv::norm(b, c, cv::NORM_INF), 1);
}

TEST(ConvertRaw, PaddedSamplesAreBlackAndDoNotSetTheRange) {
  const Breast breast = MakeBreast();
  cv::Mat1w signal = LinearSignal(breast.attenuation);
  const GreyImage plain = ConvertRaw(signal, Header(), kLinear);
  const cv::Rect strip(120, 0, 20, 200);
  signal(strip).setTo(0);  // as a signal, far denser than any tissue
  DisplayParameters padded = Header();
  padded.padding = {0, 0};
  const GreyImage grey = ConvertRaw(signal, padded, kLinear);
  EXPECT_EQ(cv::countNonZero(grey(strip)), 0);
  EXPECT_EQ(cv::norm(grey, plain, cv::NORM_INF), 0);
}

TEST(ConvertRaw, AirImageIsBlack) {
  const GreyImage grey = ConvertRaw(cv::Mat1w(50, 40, std::uint16_t{9000}), Header(), kLinear);
  EXPECT_EQ(grey.size(), cv::Size(40, 50));
  EXPECT_EQ(cv::countNonZero(grey), 0);
}

}  // namespace
}  // namespace mhcnn
