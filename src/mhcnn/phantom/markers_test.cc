#include "mhcnn/phantom/markers.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace mhcnn::phantom {
namespace {

Mask HalfEllipse(bool chest_left) {
  Mask inside = Mask::zeros(400, 200);
  cv::ellipse(inside, {chest_left ? 0 : 199, 220}, {120, 150}, 0, 0, 360, 255, cv::FILLED);
  return inside;
}

TEST(DrawLabels, NeverTouchTissueAndLieAwayFromTheChestWall) {
  for (const bool chest_left : {true, false}) {
    const Mask inside = HalfEllipse(chest_left);
    ViewPlan plan{};
    plan.laterality = chest_left ? Laterality::kLeft : Laterality::kRight;
    plan.view = View::kMLO;
    int without = 0;
    cv::Mat1d sum = cv::Mat1d::zeros(inside.size());
    for (std::uint64_t i = 0; i < 200; ++i) {
      cv::Mat1f image(inside.size(), 0.1f);
      RandomStream random(6, i);
      DrawLabels(image, inside, plan, i % 2 == 0, random);
      const Mask changed = image != 0.1f;
      ASSERT_EQ(cv::countNonZero(changed & inside), 0) << i;
      without += cv::countNonZero(changed) == 0;
      cv::accumulate(changed, sum);
    }
    // A quarter has none by design, and some find no room.
    EXPECT_GT(without, 30);
    EXPECT_LT(without, 110);
    const cv::Moments m = cv::moments(sum);
    EXPECT_EQ(m.m10 / m.m00 > 100, chest_left);
    EXPECT_LT(m.m01 / m.m00, 160) << "mostly in the upper corner";
  }
}

TEST(DrawLabels, AreTheSameForTheSameStream) {
  const Mask inside = HalfEllipse(true);
  ViewPlan plan{};
  plan.laterality = Laterality::kLeft;
  for (std::uint64_t i = 0; i < 10; ++i) {
    cv::Mat1f a(inside.size(), 0.f), b = a.clone();
    RandomStream first(8, i), second(8, i);
    DrawLabels(a, inside, plan, true, first);
    DrawLabels(b, inside, plan, true, second);
    EXPECT_EQ(cv::norm(a, b, cv::NORM_INF), 0);
  }
}

TEST(DrawFilmFaults, OccurInTheSharesOfTheCode) {
  // Without any of the five faults: 0.7 * 0.75 * 0.75 * 0.7 * 0.85 = 23 %.
  const Mask inside = HalfEllipse(true);
  int clean = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    cv::Mat1f image(inside.size(), 0.3f);
    RandomStream random(2, i);
    DrawFilmFaults(image, inside, random);
    clean += cv::norm(image, cv::Mat1f(inside.size(), 0.3f), cv::NORM_INF) == 0;
  }
  EXPECT_NEAR(clean / 400.0, 0.23, 0.07);
}

TEST(DrawDetectorFaults, AreRareAndAreWholeLines) {
  int changed = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    cv::Mat1f image(60, 80, 0.3f);
    RandomStream random(2, i);
    DrawDetectorFaults(image, random);
    if (cv::norm(image, cv::Mat1f(60, 80, 0.3f), cv::NORM_INF) == 0) continue;
    ++changed;
    // Each column is dead (0 or 1 all along), or the rows have one value each elsewhere.
    for (int y = 0; y < image.rows; ++y) {
      for (int x = 0; x < image.cols; ++x) {
        const bool dead = image(0, x) == 0 || image(0, x) == 1;
        if (dead) {
          ASSERT_EQ(image(y, x), image(0, x));
        } else {
          ASSERT_NEAR(image(y, x), 0.3, 0.0151);
        }
      }
    }
  }
  EXPECT_NEAR(changed / 1000.0, 1 - 0.97 * 0.97, 0.025);
}

}  // namespace
}  // namespace mhcnn::phantom
