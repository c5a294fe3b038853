// VOI LUTs and windows that are short, cannot be used, or are written in an unusual way.
#include "mhcnn/dicom/voi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/displayed_values.h"

namespace mhcnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::Difference;
using testing_support::Exact;
using testing_support::Linear;
using testing_support::ReadChanged;
using testing_support::Sigmoid;
using testing_support::Stored;
using testing_support::WithWindow;

TEST(WindowText, UsesValidWindow) {
  const std::vector<std::pair<const char*, const char*>> texts = {
      {"2000", "3000"},      {"\\2000", "\\3000"},    {"\\2000", "3000"},     {"2000\\", "3000\\"},
      {"2000,0", "3000,00"}, {"2.0e3", "+3000"},      {"2000\\1500", "3000"}, {" 2000 ", " 3000 "},
      {"[2000]", "[3000]"},  {"2000\\5", "3000\\-5"},
  };
  for (const auto& [center, width] : texts) {
    const Mammogram read = ReadChanged(WithWindow(center, width));
    EXPECT_LE(Difference(read, Linear), 1) << center << " / " << width;
    EXPECT_THAT(read.metadata.flags, IsEmpty()) << center << " / " << width;
  }
}

TEST(WindowText, FlagsSkippedWindow) {
  for (const auto& [center, width] : {std::pair{"NaN\\2000", "NaN\\3000"},
                                      {"abc\\2000", "3000\\3000"},
                                      {"2000\\2000", "-5\\3000"},
                                      {"60000\\2000", "10\\3000"}}) {
    const Mammogram read = ReadChanged(WithWindow(center, width));
    EXPECT_LE(Difference(read, Linear), 1) << center;
    EXPECT_THAT(read.metadata.flags, ElementsAre("window_invalid")) << center;
  }
}

TEST(WindowText, FallsBackToStoredValues) {
  for (const auto& [center, width] : {std::pair{"NaN", "NaN"},
                                      {"inf", "3000"},
                                      {"2000", "0"},
                                      {"2000", "-3000"},
                                      {"AUTO", "AUTO"},
                                      {"1e999", "3000"},
                                      {"2000abc", "3000"},
                                      {"60000", "100"}}) {
    const Mammogram read = ReadChanged(WithWindow(center, width));
    EXPECT_EQ(Difference(read, Stored), 0) << center;
    EXPECT_THAT(read.metadata.flags, ElementsAre("window_invalid")) << center;
  }
  EXPECT_THAT(ReadChanged(WithWindow("2000", nullptr)).metadata.flags,
              ElementsAre("window_invalid"));
  EXPECT_THAT(ReadChanged(WithWindow(nullptr, "3000")).metadata.flags,
              ElementsAre("window_invalid"));
  EXPECT_THAT(ReadChanged(WithWindow("", "")).metadata.flags, IsEmpty());
}

TEST(WindowFunction, IgnoresCaseAndPunctuation) {
  for (const char* name : {"SIGMOID", "Sigmoid", "sigmoid"}) {
    const Mammogram read = ReadChanged(WithWindow("2000", "3000", name));
    EXPECT_LE(Difference(read, Sigmoid), 1) << name;
    EXPECT_THAT(read.metadata.flags, IsEmpty());
  }
  for (const char* name : {"LINEAR_EXACT", "Linear_Exact", "linear exact", "LINEAR-EXACT"}) {
    EXPECT_LE(Difference(ReadChanged(WithWindow("2000", "3000", name)), Exact), 1) << name;
  }
  const Mammogram unknown = ReadChanged(WithWindow("2000", "3000", "GAMMA"));
  EXPECT_LE(Difference(unknown, Linear), 1);
  EXPECT_THAT(unknown.metadata.flags, ElementsAre("window_invalid"));
}

}  // namespace
}  // namespace mhcnn
