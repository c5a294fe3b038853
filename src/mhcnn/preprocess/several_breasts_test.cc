#include "mhcnn/preprocess/several_breasts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/preprocess/preprocess.h"
#include "mhcnn/testing/scenes.h"

namespace mhcnn {
namespace {

using testing::Contains;
using testing::Not;
using testing_support::Draw;

TEST(SeveralBreasts, AreDetectedInAnyArrangement) {
  const GreyImage one = Draw({.background = 100}).picture;
  const GreyImage two = Draw({.tissue = 1700, .label = false, .centre = 45}).picture;
  const auto flip = [](const GreyImage& picture) {
    GreyImage mirrored;
    cv::flip(picture, mirrored, 1);
    return mirrored;
  };
  const auto beside = [](const GreyImage& a, const GreyImage& b) {
    GreyImage both;
    cv::hconcat(a, b, both);
    return both;
  };
  const auto below = [](const GreyImage& a, const GreyImage& b) {
    GreyImage both;
    cv::vconcat(a, b, both);
    return both;
  };
  const GreyImage facing = beside(one, flip(two)), back = beside(flip(one), two);
  for (const GreyImage& picture :
       {facing, back, beside(one, two), beside(flip(one), one), below(one, two), below(back, back),
        below(facing, facing), GreyImage(back.t())}) {
    EXPECT_THAT(Preprocess(picture, {}).flags, Contains("several_breasts")) << picture.size();
  }
  EXPECT_THAT(Preprocess(one, {}).flags, Not(Contains("several_breasts")));
  EXPECT_THAT(Preprocess(two, {}).flags, Not(Contains("several_breasts")));
}

}  // namespace
}  // namespace mhcnn
