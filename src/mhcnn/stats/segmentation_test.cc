#include "mhcnn/stats/segmentation.h"

#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

cv::Mat1b Rectangle(cv::Size size, cv::Rect inside) {
  cv::Mat1b mask = cv::Mat1b::zeros(size);
  mask(inside).setTo(255);
  return mask;
}

TEST(Segmentation, EqualsSciPyAndScikitLearn) {
  for (const auto& c : StatsGoldens("/segmentation")) {
    const cv::Mat1b truth = ToMask(c["truth"]), found = ToMask(c["found"]);
    const OverlapCounts counts = CountOverlap(truth, found);
    EXPECT_EQ((std::vector<std::int64_t>{counts.true_positive, counts.false_positive,
                                         counts.false_negative, counts.true_negative}),
              c["counts"].get<std::vector<std::int64_t>>());
    ExpectNear(Dice(counts), c["dice"]);
    ExpectNear(IntersectionOverUnion(counts), c["iou"]);
    const PixelSpacing spacing{c["spacing"][0], c["spacing"][1]};
    const SurfaceDistances distances = MeasureSurfaceDistances(truth, found, spacing);
    ExpectNear(Hausdorff95(distances), c["hausdorff95"]);
    ExpectNear(MeanSurfaceDistance(distances), c["mean_distance"]);
    ExpectNear(SurfaceDice(distances, c["tolerance"]), c["surface_dice"]);
  }
}

// Square boundaries 3 columns apart: every boundary pixel's distance is known.
TEST(Segmentation, ClosedForms) {
  const cv::Mat1b truth = Rectangle({40, 30}, {5, 5, 1, 20}),
                  found = Rectangle({40, 30}, {8, 5, 1, 20});
  const SurfaceDistances apart = MeasureSurfaceDistances(truth, found, {0.5, 0.1});
  ExpectNear(Hausdorff95(apart), 0.3);
  ExpectNear(MeanSurfaceDistance(apart), 0.3);
  ExpectNear(SurfaceDice(apart, 0.3), 1);  // 3 * 0.1 > 0.3 in doubles
  ExpectNear(SurfaceDice(apart, 0.29), 0);
  // A pixel away by 3 rows of 1 mm and 2 columns of 2 mm.
  ExpectNear(Hausdorff95(MeasureSurfaceDistances(Rectangle({9, 9}, {1, 1, 1, 1}),
                                                 Rectangle({9, 9}, {3, 4, 1, 1}), {1, 2})),
             5);
  // The picture's border counts as outside: the ring is the boundary, the middle is not.
  EXPECT_EQ(MeasureSurfaceDistances(cv::Mat1b::ones(5, 6), cv::Mat1b::ones(5, 6)).from_truth.size(),
            18u);
}

TEST(Segmentation, HausdorffIsMaximumOfBothDirections) {
  // A large mask and a part of it: all of the part's boundary is near, not the other way round.
  const cv::Mat1b large = Rectangle({60, 20}, {0, 0, 60, 20}),
                  part = Rectangle({60, 20}, {0, 0, 10, 20});
  const SurfaceDistances forth = MeasureSurfaceDistances(large, part);
  const SurfaceDistances back = MeasureSurfaceDistances(part, large);
  EXPECT_GT(*Hausdorff95(forth).value, 40);
  EXPECT_EQ(Hausdorff95(forth).value, Hausdorff95(back).value);
}

TEST(Segmentation, Properties) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const cv::Mat1b a = RandomMask(17, 23, 0.4, seed), b = RandomMask(17, 23, 0.3, seed + 100);
    const OverlapCounts ab = CountOverlap(a, b), ba = CountOverlap(b, a);
    const double iou = *IntersectionOverUnion(ab).value;
    ExpectNear(Dice(ab), 2 * iou / (1 + iou));
    EXPECT_EQ(Dice(ab).value, Dice(ba).value);
    const PixelSpacing spacing{0.3, 0.7};
    const auto forth = MeasureSurfaceDistances(a, b, spacing),
               back = MeasureSurfaceDistances(b, a, spacing);
    EXPECT_EQ(Hausdorff95(forth).value, Hausdorff95(back).value);
    ExpectNear(MeanSurfaceDistance(forth), *MeanSurfaceDistance(back).value);
    EXPECT_EQ(SurfaceDice(forth, 0.5).value, SurfaceDice(back, 0.5).value);
    // Turned by a quarter with its spacing, and within a wider picture.
    cv::Mat1b wide_a, wide_b;
    cv::copyMakeBorder(a.t(), wide_a, 3, 1, 0, 5, cv::BORDER_CONSTANT, 0);
    cv::copyMakeBorder(b.t(), wide_b, 3, 1, 0, 5, cv::BORDER_CONSTANT, 0);
    const auto turned = MeasureSurfaceDistances(wide_a, wide_b, {0.7, 0.3});
    ExpectNear(Hausdorff95(turned), *Hausdorff95(forth).value);
    ExpectNear(MeanSurfaceDistance(turned), *MeanSurfaceDistance(forth).value);
    const auto same = MeasureSurfaceDistances(a, a, spacing);
    ExpectNear(Hausdorff95(same), 0);
    ExpectNear(SurfaceDice(same, 0), 1);
    ExpectNear(Dice(CountOverlap(a, a)), 1);
  }
}

TEST(Segmentation, PooledCountsEqualSumOfImages) {
  const cv::Mat1b a = RandomMask(8, 9, 0.5, 1), b = RandomMask(8, 9, 0.5, 2),
                  c = RandomMask(8, 9, 0.2, 3), d = RandomMask(8, 9, 0.2, 4);
  OverlapCounts pooled = CountOverlap(a, b);
  pooled += CountOverlap(c, d);
  cv::Mat1b truth, found;
  cv::vconcat(a, c, truth);
  cv::vconcat(b, d, found);
  EXPECT_EQ(pooled, CountOverlap(truth, found));
}

TEST(Segmentation, ReportsEmptyMasks) {
  const cv::Mat1b empty = cv::Mat1b::zeros(6, 6), full = cv::Mat1b::ones(6, 6);
  ExpectUndefined(Dice(CountOverlap(empty, empty)), "both masks are empty");
  ExpectUndefined(IntersectionOverUnion(CountOverlap(empty, empty)), "both masks are empty");
  ExpectNear(Dice(CountOverlap(empty, full)), 0);
  ExpectUndefined(Hausdorff95(MeasureSurfaceDistances(empty, empty)), "both masks are empty");
  ExpectUndefined(MeanSurfaceDistance(MeasureSurfaceDistances(empty, full)),
                  "the true mask is empty");
  ExpectUndefined(SurfaceDice(MeasureSurfaceDistances(full, empty), 1),
                  "the predicted mask is empty");
  EXPECT_THROW(CountOverlap(full, cv::Mat1b::ones(6, 7)), Error);
  EXPECT_THROW(MeasureSurfaceDistances(full, cv::Mat1b::ones(6, 7)), Error);
}

}  // namespace
}  // namespace mhcnn
