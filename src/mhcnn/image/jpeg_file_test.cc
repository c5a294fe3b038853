#include "mhcnn/image/jpeg_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "mhcnn/testing/picture_files.h"

namespace mhcnn {
namespace {

using testing::HasSubstr;
using testing_support::Bytes;
using testing_support::Encode;
using JpegFile = testing_support::PictureFiles;
using testing_support::Ramp8;

TEST_F(JpegFile, IgnoresEndMarkerOfThumbnail) {
  const Bytes whole = Encode(".jpg", Ramp8());
  // A comment segment that holds an end marker, as an EXIF thumbnail does.
  const Bytes comment = {0xFF, 0xFE, 0, 6, 0xFF, 0xD9, 0, 0};
  Bytes file(whole.begin(), whole.end() - 20);
  file.insert(file.begin() + 2, comment.begin(), comment.end());
  EXPECT_THAT(Refusal(file), HasSubstr("cut short"));
}

TEST_F(JpegFile, EqualsOpenCvAndRefusesDamage) {
  const Bytes whole = Encode(".jpg", Ramp8());
  const cv::Mat1b usual = cv::imdecode(whole, cv::IMREAD_GRAYSCALE);
  EXPECT_EQ(cv::norm(Read(whole), cv::Mat1w(usual), cv::NORM_INF), 0);
  // Bytes lost inside the picture's data leave all markers in place.
  Bytes lossy = whole;
  lossy.erase(lossy.end() - 40, lossy.end() - 12);
  EXPECT_THAT(Refusal(lossy), HasSubstr("corrupt: has JPEG data that are damaged"));
}

}  // namespace
}  // namespace mhcnn
