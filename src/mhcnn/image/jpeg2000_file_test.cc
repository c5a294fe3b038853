#include "mhcnn/image/jpeg2000_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/image/jpeg2000.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using Bytes = std::vector<std::uint8_t>;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;

cv::Mat1w Ramp(int white) {
  cv::Mat1w samples(37, 30);
  for (int y = 0; y < samples.rows; ++y) {
    for (int x = 0; x < samples.cols; ++x) {
      samples(y, x) = static_cast<std::uint16_t>((y * 30 + x) * white / (37 * 30 - 1));
    }
  }
  return samples;
}

/// The codestream in a JP2 file (ITU-T T.800 I.5): signature, file type and
/// codestream boxes.
Bytes InFile(const Bytes& codestream) {
  Bytes file = {0,   0,   0,   12,  'j', 'P', ' ', ' ', 0x0D, 0x0A, 0x87, 0x0A, 0,   0,   0,   20,
                'f', 't', 'y', 'p', 'j', 'p', '2', ' ', 0,    0,    0,    0,    'j', 'p', '2', ' '};
  // An image header box within the header box, 37 rows by 30 columns of one
  // 8-bit component, and a colour box that says grey.
  const Bytes header = {0,   0, 0, 45, 'j', 'p', '2', 'h', 0,  0, 0, 22, 'i', 'h', 'd',
                        'r', 0, 0, 0,  37,  0,   0,   0,   30, 0, 1, 7,  7,   0,   0,
                        0,   0, 0, 15, 'c', 'o', 'l', 'r', 1,  0, 0, 0,  0,   0,   17};
  file.insert(file.end(), header.begin(), header.end());
  const auto size = static_cast<std::uint32_t>(codestream.size() + 8);
  for (int shift = 24; shift >= 0; shift -= 8) {
    file.push_back(static_cast<std::uint8_t>(size >> shift));
  }
  for (const char c : {'j', 'p', '2', 'c'}) file.push_back(static_cast<std::uint8_t>(c));
  file.insert(file.end(), codestream.begin(), codestream.end());
  return file;
}

TEST(Jpeg2000File, BareStreamIsDecodedToItsDepth) {
  for (const int bits : {8, 12, 16}) {
    const cv::Mat1w samples = Ramp((1 << bits) - 1);
    const Bytes stream = EncodeJpeg2000(samples, bits, 0);
    const ImageHeaderClaim claim = CheckJpeg2000(stream);
    EXPECT_EQ(claim.width, 30);
    EXPECT_EQ(claim.height, 37);
    EXPECT_EQ(claim.bits, bits);
    const cv::Mat decoded = DecodeJpeg2000File(stream);
    EXPECT_EQ(decoded.depth(), bits == 8 ? CV_8U : CV_16U);
    cv::Mat words;
    decoded.convertTo(words, CV_16U);
    EXPECT_EQ(cv::norm(words, samples, cv::NORM_INF), 0) << bits;
  }
}

TEST(Jpeg2000File, StreamIsFoundInAJp2File) {
  const Bytes file = InFile(EncodeJpeg2000(Ramp(255), 8, 0));
  EXPECT_EQ(CheckJpeg2000(file).height, 37);
  cv::Mat words;
  DecodeJpeg2000File(file).convertTo(words, CV_16U);
  EXPECT_EQ(cv::norm(words, Ramp(255), cv::NORM_INF), 0);
}

TEST(Jpeg2000File, RefusesWhatTheHeaderClaims) {
  const Bytes whole = EncodeJpeg2000(Ramp(255), 8, 0);
  EXPECT_THAT(ErrorMessage([] { CheckJpeg2000({}); }, ErrorCode::kCorrupt),
              HasSubstr("no JPEG 2000 header"));
  Bytes huge = whole;
  huge[8] = huge[12] = 0x7F;  // Xsiz, Ysiz
  EXPECT_EQ(testing_support::ThrownCode([&] { CheckJpeg2000(huge); }), ErrorCode::kLimit);
  Bytes is_signed = whole;
  is_signed[42] |= 0x80;  // Ssiz
  EXPECT_THAT(ErrorMessage([&] { CheckJpeg2000(is_signed); }, ErrorCode::kUnsupported),
              HasSubstr("unsigned"));
  Bytes many = whole;
  many[41] = 5;  // Csiz
  EXPECT_THAT(ErrorMessage([&] { CheckJpeg2000(many); }, ErrorCode::kUnsupported),
              HasSubstr("has 5 samples a pixel"));
}

}  // namespace
}  // namespace mhcnn
