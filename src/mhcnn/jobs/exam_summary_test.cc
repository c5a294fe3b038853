#include "mhcnn/jobs/exam_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ExamSummary, ReadsFigures) {
  const ExamSummary summary(
      R"({"percent_density": 12.5, "category": "b", "flags": ["inverted"], "revision": 3})");
  EXPECT_EQ(summary.Number("percent_density"), 12.5);
  EXPECT_EQ(summary.Number("percent_low"), std::nullopt);
  EXPECT_EQ(summary.Category(), "b");
  EXPECT_THAT(summary.Flags(), ElementsAre("inverted"));
  EXPECT_EQ(summary.Revision(), 3);
  EXPECT_EQ(summary.json().at("revision"), 3);
}

TEST(ExamSummary, TextThatIsNoObjectHasNoFigures) {
  for (const std::string text : {"", "[1, 2]", "{\"category\": ", "null", "\"b\""}) {
    const ExamSummary summary(text);
    EXPECT_EQ(summary.Number("percent_density"), std::nullopt) << text;
    EXPECT_EQ(summary.Category(), "") << text;
    EXPECT_THAT(summary.Flags(), IsEmpty()) << text;
    EXPECT_EQ(summary.Revision(), std::nullopt) << text;
    EXPECT_TRUE(summary.json().is_object()) << text;
  }
}

TEST(ExamSummary, IgnoresValuesOfAnotherType) {
  const ExamSummary summary(
      R"({"percent_density": "12", "category": 2, "flags": ["a", 1], "revision": 1.5})");
  EXPECT_EQ(summary.Number("percent_density"), std::nullopt);
  EXPECT_EQ(summary.Category(), "");
  EXPECT_THAT(summary.Flags(), ElementsAre("a"));
  EXPECT_EQ(summary.Revision(), std::nullopt);
}

}  // namespace
}  // namespace mhcnn
