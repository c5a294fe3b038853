#include "mhcnn/preprocess/orientation.h"

#include <gtest/gtest.h>

#include "mhcnn/preprocess/preprocess.h"
#include "mhcnn/testing/scenes.h"

namespace mhcnn {
namespace {

using testing_support::Draw;
using testing_support::Drawn;
using testing_support::Overlap;

std::vector<Orientation> AllOrientations() {
  std::vector<Orientation> all;
  for (const bool transposed : {false, true}) {
    for (const bool x : {false, true}) {
      for (const bool y : {false, true}) all.push_back({transposed, x, y});
    }
  }
  return all;
}

std::string Name(const Orientation& o) {
  return std::string(o.transposed ? "t" : "-") + (o.mirrored_x ? "x" : "-") +
         (o.mirrored_y ? "y" : "-");
}

bool Equal(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && cv::norm(a, b, cv::NORM_INF) == 0;
}

TEST(Orientation, UndoInvertsApply) {
  cv::Mat1w picture(3, 5);
  int value = 0;
  for (auto& pixel : picture) pixel = static_cast<std::uint16_t>(value++);
  for (const auto& orientation : AllOrientations()) {
    const cv::Mat oriented = orientation.Apply(picture);
    EXPECT_EQ(oriented.size(), orientation.Apply(picture.size())) << Name(orientation);
    EXPECT_TRUE(Equal(orientation.Undo(oriented), picture)) << Name(orientation);
  }
}

TEST(Orientation, ApplyTransposesFirst) {
  const cv::Mat1w picture = (cv::Mat1w(2, 3) << 1, 2, 3, 4, 5, 6);
  const cv::Mat1w expected = (cv::Mat1w(3, 2) << 4, 1, 5, 2, 6, 3);  // a quarter turn clockwise
  EXPECT_TRUE(Equal(Orientation{true, true, false}.Apply(picture), expected));
}

/// A breast with a bright muscle in the upper corner, off the middle, so that it is no mirror image
/// of itself.
Drawn MloScene() {
  Drawn drawn = Draw({.rows = 1000, .columns = 640, .centre = 45});
  const std::vector<cv::Point> muscle{{0, 0}, {150, 0}, {0, 420}};
  Mask triangle = Mask::zeros(drawn.breast.size());
  cv::fillConvexPoly(triangle, muscle, 255);
  drawn.picture.setTo(2600, triangle);
  drawn.breast |= triangle;
  return drawn;
}

TEST(Orientation, EightOrientationsGiveEqualInputs) {
  const Drawn drawn = MloScene();
  const Prepared reference = Preprocess(drawn.picture, {});
  EXPECT_EQ(reference.geometry.orientation, Orientation{});
  for (const auto& way : AllOrientations()) {
    const Prepared prepared = Preprocess(way.Apply(drawn.picture), {});
    EXPECT_TRUE(Equal(prepared.input, reference.input)) << Name(way);
    EXPECT_TRUE(Equal(way.Undo(prepared.region), reference.region)) << Name(way);
  }
}

TEST(Orientation, MasksRoundTripInEightOrientations) {
  const Drawn drawn = MloScene();
  for (const auto& way : AllOrientations()) {
    const Mask mask = way.Apply(drawn.breast);
    const InputGeometry geometry = Preprocess(way.Apply(drawn.picture), {}).geometry;
    cv::Mat1f map;
    MaskToInput(mask, geometry).convertTo(map, CV_32F, 1 / 255.0);
    const Mask back(MapToSource(map, geometry) > 0.5);
    EXPECT_NEAR(static_cast<double>(cv::countNonZero(back)) / cv::countNonZero(mask), 1, 0.005)
        << Name(way);
    EXPECT_GT(Overlap(back, mask), 0.98) << Name(way);
  }
}

TEST(Orientation, SquarePicturesAreNotTurned) {
  const cv::Mat1b square = (cv::Mat1b(2, 2) << 1, 2, 3, 4), before = square.clone();
  const cv::Mat turned = Orientation{true, false, false}.Apply(square);
  EXPECT_EQ(turned.at<uchar>(0, 1), 3);
  EXPECT_EQ(cv::norm(square, before, cv::NORM_INF), 0);
}

}  // namespace
}  // namespace mhcnn
