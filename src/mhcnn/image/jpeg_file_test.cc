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
using JpegFile = testing_support::PictureFiles;

cv::Mat1w Ramp16() {
  cv::Mat1w ramp(40, 30);
  for (int i = 0; i < static_cast<int>(ramp.total()); ++i) {
    ramp(i / 30, i % 30) = static_cast<std::uint16_t>(i * 54);
  }
  return ramp;
}

cv::Mat1b Ramp8() { return {cv::Mat1b(Ramp16() / 257)}; }

Bytes Encode(const std::string& extension, const cv::Mat& image,
             const std::vector<int>& parameters = {}) {
  Bytes bytes;
  cv::imencode(extension, image, bytes, parameters);
  return bytes;
}

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
