#include "mhcnn/analyze/measurement.h"

#include <gtest/gtest.h>

#include <limits>

namespace mhcnn {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                 kInfinity = std::numeric_limits<double>::infinity();

TEST(ToMeasurement, TakesMasksBeforeHead) {
  const Measurement measured = ToMeasurement(20.0, 26.0, nullptr);
  EXPECT_EQ(measured.percent, 20);
  EXPECT_EQ(measured.head_disagreement, 6);
  EXPECT_EQ(measured.percent_of_both, 23);
  EXPECT_FALSE(measured.expected_category);
}

TEST(ToMeasurement, TakesThePercentThereIs) {
  for (const auto& measured :
       {ToMeasurement(20.0, {}, nullptr), ToMeasurement({}, 20.0, nullptr),
        ToMeasurement(20.0, kNan, nullptr), ToMeasurement(kInfinity, 20.0, nullptr)}) {
    EXPECT_EQ(measured.percent, 20);
    EXPECT_EQ(measured.percent_of_both, 20);
    EXPECT_EQ(measured.head_disagreement, 0);
  }
  const Measurement none = ToMeasurement({}, kNan, nullptr);
  EXPECT_FALSE(none.percent);
  EXPECT_FALSE(none.percent_of_both);
}

TEST(ToMeasurement, KeepsPercentsWithinTheirRange) {
  const Measurement measured = ToMeasurement(-3.0, 120.0, nullptr);
  EXPECT_EQ(measured.percent, 0);
  EXPECT_EQ(measured.head_disagreement, 100);
  EXPECT_EQ(measured.percent_of_both, 50);
}

TEST(ToMeasurement, ExpectsMeanOfCategories) {
  const std::array<double, 4> probabilities = {0.1, 0.2, 0.3, 0.4};
  const auto expected = ToMeasurement({}, {}, &probabilities).expected_category;
  ASSERT_TRUE(expected);
  EXPECT_NEAR(*expected, 0.2 + 0.6 + 1.2, 1e-12);
  const std::array<double, 4> damaged = {0.1, kNan, 0.3, 0.4};
  EXPECT_FALSE(ToMeasurement({}, {}, &damaged).expected_category);
}

TEST(PercentScale, IsLinearWithinZeroToHundred) {
  const PercentScale scale{.intercept = -4, .slope = 1.25};
  EXPECT_EQ(scale.Apply(40), 46);
  EXPECT_EQ(scale.Apply(2), 0);
  EXPECT_EQ(scale.Apply(99), 100);
  EXPECT_EQ(PercentScale{}.Apply(33.5), 33.5);
}

}  // namespace
}  // namespace mhcnn
