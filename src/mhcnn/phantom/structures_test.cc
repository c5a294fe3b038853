#include "mhcnn/phantom/structures.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace mhcnn::phantom {
namespace {

const Grid kGrid{240, 120, 1};

Body HalfDisc() {
  Body body;
  body.inside = Mask::zeros(kGrid.height, kGrid.width);
  cv::circle(body.inside, {0, 120}, 90, 255, cv::FILLED);
  body.nipple = {90, 120};
  return body;
}

/// What is added to a glandular fraction of 0.2 everywhere inside.
cv::Mat1f Added(const Anatomy& woman, View view, std::uint64_t seed) {
  const Body body = HalfDisc();
  ViewPlan plan{};
  plan.view = view;
  plan.depth_mm = 90;
  cv::Mat1f fraction(body.inside.size(), 0.f);
  fraction.setTo(0.2f, body.inside);
  const cv::Mat1f before = fraction.clone();
  RandomStream random(12, seed);
  AddStructures(fraction, woman, plan, body, kGrid, random);
  double least = 0, most = 0;
  cv::minMaxLoc(fraction, &least, &most);
  EXPECT_GE(least, 0);
  EXPECT_LE(most, 1.2f);
  EXPECT_EQ(cv::norm(fraction, cv::NORM_INF, ~body.inside), 0) << "nothing outside the breast";
  return fraction - before;
}

TEST(AddStructures, OnlyAddInsideTheBreast) {
  Anatomy woman{};
  woman.vessels = woman.strands = 1;
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const cv::Mat1f added = Added(woman, View::kMLO, seed);
    double least = 0;
    cv::minMaxLoc(added, &least);
    EXPECT_GE(least, -1e-6);
    sum += cv::sum(added)[0];
  }
  EXPECT_GT(sum, 0);
}

// docs/phantom.md: masses in 8 %, calcifications in 15 % of pictures.
TEST(AddStructures, MassesAndCalcificationsHaveTheirShares) {
  int none = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    none += cv::countNonZero(cv::abs(Added({}, View::kCC, seed)) > 1e-6) == 0;
  }
  // A few calcifications fall outside the breast.
  EXPECT_NEAR(none / 500.0, 0.92 * 0.85, 0.07);
}

TEST(AddStructures, VesselsAndDuctsFollowTheWoman) {
  Anatomy many{};
  many.vessels = 1.2;
  many.strands = 1;
  double with = 0, without = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    with += cv::countNonZero(Added(many, View::kCC, seed) > 0.01);
    without += cv::countNonZero(Added({}, View::kCC, seed) > 0.01);
  }
  EXPECT_GT(with, 3 * without);
}

}  // namespace
}  // namespace mhcnn::phantom
