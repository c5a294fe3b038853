#include "mhcnn/image/bmp_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/testing/picture_files.h"

namespace mhcnn {
namespace {

using testing::HasSubstr;
using testing_support::Bmp;
using testing_support::Bytes;
using BmpCheck = testing_support::PictureFiles;
using testing_support::Ramp;

TEST_F(BmpCheck, ReadsBmp) {
  const cv::Mat1w samples = Ramp(255);
  for (const int bits : {8, 24, 32}) {
    for (const bool top_down : {false, true}) ExpectSame(Bmp(samples, bits, top_down), samples);
  }
  ExpectCutIsRefused(Bmp(samples, 8));
  MutatedNeverCrashes(Bmp(samples, 8));
  EXPECT_THAT(Refusal(Bmp(samples, 8, false, 1)), HasSubstr("unsupported: is a compressed BMP"));
  EXPECT_THAT(Refusal(Bmp(samples, 16)), HasSubstr("unsupported: is a BMP of 16 bits"));
  Bytes bomb = Bmp(samples, 8);
  bomb[20] = bomb[24] = 1;  // 65,536 more columns and rows
  EXPECT_THAT(Refusal(bomb), HasSubstr("limit: claims 65566 x 65557 pixels"));
}

}  // namespace
}  // namespace mhcnn
