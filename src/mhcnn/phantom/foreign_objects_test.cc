#include "mhcnn/phantom/foreign_objects.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "mhcnn/testing/bodies.h"

namespace mhcnn::phantom {
namespace {

using testing_support::HalfDisc;

TEST(ForeignObjects, ImplantIsInsideAndAttenuates) {
  const Grid grid{200, 100, 0.5};
  const Body body = HalfDisc(grid);
  ViewPlan plan{};
  plan.depth_mm = 40;
  plan.view = View::kCC;
  plan.implant = true;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    RandomStream random(seed);
    const ForeignObjects foreign = DrawForeignObjects(plan, body, grid, random);
    EXPECT_GT(cv::countNonZero(foreign.implant), 500);
    EXPECT_EQ(cv::countNonZero(foreign.implant & ~body.inside), 0);
    EXPECT_GT(cv::mean(foreign.path, foreign.implant)[0], 0.4);
    Mask near;  // a marker on the skin may reach a little over it
    cv::dilate(body.inside, near, cv::Mat(), {-1, -1}, 4);
    EXPECT_EQ(cv::countNonZero((foreign.path > 0.01) & ~near), 0);
  }
}

}  // namespace
}  // namespace mhcnn::phantom
