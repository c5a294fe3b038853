#include "mhcnn/base/option_check.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using testing_support::ErrorMessage;

TEST(OptionCheck, RangeIncludesItsEnds) {
  EXPECT_NO_THROW(CheckRange("x", 0, 0, 1));
  EXPECT_NO_THROW(CheckRange("x", 1, 0, 1));
  EXPECT_EQ(ErrorMessage([] { CheckRange("x", 1.5, 0, 1); }, ErrorCode::kUsage),
            "x must lie in 0 to 1, it is 1.5");
  EXPECT_EQ(ErrorMessage([] { CheckRange("x", std::nan(""), 0, 1); }, ErrorCode::kUsage),
            "x must lie in 0 to 1, it is nan");
}

TEST(OptionCheck, BetweenExcludesItsEnds) {
  EXPECT_NO_THROW(CheckBetween("x", 0.5, 0, 1));
  EXPECT_EQ(ErrorMessage([] { CheckBetween("x", 0, 0, 1); }, ErrorCode::kUsage),
            "x must be above 0 and below 1, it is 0");
  EXPECT_NE(ErrorMessage([] { CheckBetween("x", 1, 0, 1); }, ErrorCode::kUsage), "");
  EXPECT_NE(ErrorMessage([] { CheckBetween("x", std::nan(""), 0, 1); }, ErrorCode::kUsage), "");
}

TEST(OptionCheck, AtLeastRejectsSmallerAndNonFiniteValues) {
  EXPECT_NO_THROW(CheckAtLeast("x", 2, 2));
  EXPECT_EQ(ErrorMessage([] { CheckAtLeast("x", 1, 2); }, ErrorCode::kUsage),
            "x must be 2 or more, it is 1");
  EXPECT_NE(ErrorMessage([] { CheckAtLeast("x", INFINITY, 2); }, ErrorCode::kUsage), "");
  EXPECT_NE(ErrorMessage([] { CheckAtLeast("x", std::nan(""), 2); }, ErrorCode::kUsage), "");
}

TEST(OptionCheck, ChoiceIsFoundByItsWord) {
  constexpr std::array words = {"one", "two"};
  EXPECT_EQ(FindChoice("x", "one", words), 0u);
  EXPECT_EQ(FindChoice("x", "two", words), 1u);
  EXPECT_EQ(ErrorMessage([&] { FindChoice("key 'x'", "three", words); }, ErrorCode::kUsage),
            "key 'x' is 'three', not one of one, two");
}

}  // namespace
}  // namespace mhcnn
