#include "mhcnn/image/jpeg2000.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <vector>

#include "mhcnn/testing/picture_files.h"

namespace mhcnn {
namespace {

using testing::HasSubstr;
using testing_support::Bytes;
using Jpeg2000 = testing_support::PictureFiles;
using testing_support::Ramp;

TEST_F(Jpeg2000, ReadsJpeg2000) {
  for (const int bits : {8, 10, 12, 16}) {
    const cv::Mat1w samples = Ramp((1 << bits) - 1);
    const Bytes stream = EncodeJpeg2000(samples, bits, 0);
    ExpectSame(stream, samples);
    ExpectCutIsRefused(stream);
    MutatedNeverCrashes(stream);
  }
  Bytes bomb = EncodeJpeg2000(Ramp(255), 8, 0);
  bomb[9] = bomb[13] = 1;  // of Xsiz and Ysiz
  EXPECT_THAT(Refusal(bomb), HasSubstr("limit: claims 65566 x 65557 pixels"));
}

}  // namespace
}  // namespace mhcnn
