#include "mhcnn/model/tensor.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(Half, AllValuesRoundTrip) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = HalfToFloat(half);
    if (std::isnan(value)) {
      EXPECT_TRUE((half & 0x7c00) == 0x7c00 && (half & 0x3ff) != 0);
      EXPECT_TRUE(std::isnan(HalfToFloat(FloatToHalf(value))));
    } else {
      ASSERT_EQ(FloatToHalf(value), half);
    }
  }
}

/// Between any two neighbours: the middle goes to the even one, a step to either side to the
/// nearer.
TEST(Half, RoundsToNearestEven) {
  for (std::uint16_t half = 0; half < 0x7c00; ++half) {
    const auto next = static_cast<std::uint16_t>(half + 1);
    const float low = HalfToFloat(half), high = next == 0x7c00 ? 65536.0f : HalfToFloat(next);
    const float middle = low + (high - low) / 2;
    const std::uint16_t even = half % 2 == 0 ? half : next;
    ASSERT_EQ(FloatToHalf(middle), even) << half;
    ASSERT_EQ(FloatToHalf(-middle), even | 0x8000) << half;
    ASSERT_EQ(FloatToHalf(std::nextafter(middle, 0.0f)), half);
    ASSERT_EQ(FloatToHalf(std::nextafter(middle, kInfinity)), next);
  }
  EXPECT_EQ(FloatToHalf(kInfinity), 0x7c00);
  EXPECT_EQ(FloatToHalf(1e30f), 0x7c00);
  EXPECT_EQ(HalfToFloat(0x3555), 0x1.554p-2f);
}

TEST(Tensor, ReadsEveryFloatingType) {
  Tensor tensor;
  tensor.shape = {2};
  tensor.dtype = DType::kBFloat16;
  tensor.bytes = {0xc0, 0x3f, 0x10, 0xc0};
  EXPECT_EQ(tensor.ToFloat(), (std::vector<float>{1.5f, -2.25f}));
  tensor.dtype = DType::kFloat16;
  tensor.bytes = {0x00, 0x3e, 0x80, 0xc0};
  EXPECT_EQ(tensor.ToFloat(), (std::vector<float>{1.5f, -2.25f}));
  tensor.dtype = DType::kInt32;
  tensor.bytes.resize(8);
  testing_support::ErrorMessage([&] { tensor.ToFloat(); }, ErrorCode::kInternal);
}

TEST(Tensor, RefusesBytesOfOtherSize) {
  testing_support::ErrorMessage([] { Tensor::FromFloat({2, 2}, {1, 2, 3}); }, ErrorCode::kInternal);
  Tensor tensor = Tensor::FromFloat({2}, {1, 2});
  tensor.shape = {3};
  testing_support::ErrorMessage([&] { tensor.ToFloat(); }, ErrorCode::kInternal);
}

}  // namespace
}  // namespace mhcnn
