#include "mhcnn/results/number_text.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(Printed, DistancesAreExactInThePrintedDigits) {
  EXPECT_EQ(PercentText(23.449), "23.4");
  EXPECT_EQ(PercentText(std::nullopt), "");
  EXPECT_EQ(PercentDifferenceText("19.3", "23.4"), "4.1");
  EXPECT_EQ(PercentDifferenceText("0.0", "100.0"), "100.0");
  EXPECT_EQ(ProbabilityToPercentText(0.73125), "73.12");
  EXPECT_EQ(ProbabilityText(0.73125), "0.7312");
  EXPECT_EQ(ProbabilityToPercentText(1), "100.00");
  for (int low = 0; low <= 1000; ++low) {
    const std::string from = PercentText(low / 10.0), to = PercentText(100.0);
    EXPECT_NEAR(std::stod(from) + std::stod(PercentDifferenceText(from, to)), 100, 1e-9);
  }
}

TEST(Printed, FiguresHaveTheirNumberOfDecimals) {
  EXPECT_EQ(PercentText(0), "0.0");
  EXPECT_EQ(PercentText(99.96), "100.0");
  EXPECT_EQ(AreaText(101.526), "101.53");
  EXPECT_EQ(AreaText(3), "3.00");
  EXPECT_EQ(AreaText(std::nullopt), "");
  EXPECT_EQ(ProbabilityText(1), "1.0000");
  EXPECT_EQ(ProbabilityText(0.00004), "0.0000");
}

TEST(Printed, DistanceHasItsSign) {
  EXPECT_EQ(PercentDifferenceText("23.4", "19.3"), "-4.1");
  EXPECT_EQ(PercentDifferenceText("7.5", "7.5"), "0.0");
}

}  // namespace
}  // namespace mhcnn
