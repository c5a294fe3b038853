#include "mhcnn/preprocess/image_cut.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/preprocess/preprocess.h"
#include "mhcnn/testing/scenes.h"

namespace mhcnn {
namespace {

using testing::Contains;
using testing_support::Draw;

class Cuts : public testing::TestWithParam<int> {};  // the value filled in

TEST_P(Cuts, AreFlaggedAtAllSidesExceptChestWall) {
  const GreyImage plain = Draw({.background = 100, .label = false}).picture;
  const int rows = plain.rows, columns = plain.cols;
  for (const cv::Rect& missing :
       {cv::Rect(0, rows / 2, columns, rows - rows / 2), cv::Rect(0, 0, columns, rows / 2),
        cv::Rect(0, rows * 7 / 10, columns, rows - rows * 7 / 10),
        cv::Rect(columns * 3 / 10, 0, columns - columns * 3 / 10, rows)}) {
    for (const bool mirrored : {false, true}) {
      GreyImage cut = plain.clone();
      cut(missing).setTo(GetParam());
      if (mirrored) cv::flip(cut, cut, 1);
      const Prepared prepared = Preprocess(cut, {});
      EXPECT_THAT(prepared.flags, Contains("picture_cut")) << missing << mirrored;
      // What is not there is no part of the breast.
      Mask there = prepared.region.clone();
      if (mirrored) cv::flip(there, there, 1);
      EXPECT_EQ(cv::countNonZero(there(missing)), 0) << missing << mirrored;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Preprocess, Cuts, testing::Values(0, 2048, 4095));

}  // namespace
}  // namespace mhcnn
