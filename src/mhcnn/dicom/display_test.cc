#include "mhcnn/dicom/display.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using testing::ElementsAre;

DisplayParameters Bits(int bits, bool is_signed = false) {
  DisplayParameters p;
  p.bits = bits;
  p.is_signed = is_signed;
  return p;
}

TEST(Display, KeepsStoredValuesWithoutVoi) {
  EXPECT_THAT(MakeDisplayTable(Bits(2)), ElementsAre(0, 1, 2, 3));
}

TEST(Display, ShiftsSignedValuesToStartAtZero) {
  // Patterns 0, 1, 2, 3 are the values 0, 1, -2, -1.
  EXPECT_THAT(MakeDisplayTable(Bits(2, true)), ElementsAre(2, 3, 0, 1));
}

TEST(Display, TurnsWithFallingSlopeAndWithInversion) {
  DisplayParameters p = Bits(2);
  p.slope = -0.5;
  EXPECT_THAT(MakeDisplayTable(p), ElementsAre(3, 2, 1, 0));
  p.inverted = true;
  EXPECT_THAT(MakeDisplayTable(p), ElementsAre(0, 1, 2, 3));
}

TEST(Display, PaddingIsDarkestAfterInversionToo) {
  DisplayParameters p = Bits(2);
  p.inverted = true;
  p.padding = {0, 1};
  EXPECT_THAT(MakeDisplayTable(p), ElementsAre(0, 0, 1, 0));
}

TEST(Display, LinearWindowFollowsTheStandardsPseudocode) {
  // PS3.3 C.11.2.1.2.1: c 2048, w 4096 maps 0..4095 to the whole output, end to end.
  DisplayParameters p = Bits(12);
  p.window = Window{2048, 4096, WindowFunction::kLinear};
  const auto table = MakeDisplayTable(p);
  EXPECT_EQ(table.front(), 0);
  EXPECT_EQ(table.back(), 65535);
  EXPECT_EQ(table[1], 16);        // 65535 / 4095 = 16.0037
  EXPECT_EQ(table[2048], 32776);  // 32775.5, rounded up
}

TEST(Display, LinearWindowOfOneIsThreshold) {
  DisplayParameters p = Bits(2);
  p.window = Window{2, 1, WindowFunction::kLinear};
  EXPECT_THAT(MakeDisplayTable(p), ElementsAre(0, 0, 65535, 65535));
}

TEST(Display, ExactWindowSpansCenterPlusMinusHalf) {
  DisplayParameters p = Bits(3);
  p.window = Window{2, 4, WindowFunction::kLinearExact};
  EXPECT_THAT(MakeDisplayTable(p), ElementsAre(0, 16384, 32768, 49151, 65535, 65535, 65535, 65535));
}

TEST(Display, SigmoidIsHalfAtCenter) {
  DisplayParameters p = Bits(12);
  p.window = Window{2000, 1000, WindowFunction::kSigmoid};
  const auto table = MakeDisplayTable(p);
  EXPECT_EQ(table[2000], 32768);
  EXPECT_EQ(table[2500], 57723);  // 65535 / (1 + exp(-2))
}

TEST(Display, TablePrecedesWindowAndScalesToBits) {
  DisplayParameters p = Bits(2);
  p.window = Window{1, 1, WindowFunction::kLinear};
  p.voi_table = LookupTable{1, 8, {0, 100, 255}};
  EXPECT_THAT(MakeDisplayTable(p), ElementsAre(0, 0, 25700, 65535));
}

TEST(Display, ModalityTablePrecedesWindow) {
  DisplayParameters p = Bits(2);
  p.modality_table = LookupTable{0, 16, {0, 10, 20, 60000}};
  EXPECT_THAT(MakeDisplayTable(p), ElementsAre(0, 10, 20, 60000));
  p.window = Window{15, 10, WindowFunction::kLinearExact};
  EXPECT_THAT(MakeDisplayTable(p), ElementsAre(0, 0, 65535, 65535));
}

TEST(Display, UsableWindows) {
  EXPECT_TRUE(IsUsable({0, 1, WindowFunction::kLinear}));
  EXPECT_FALSE(IsUsable({0, 0.5, WindowFunction::kLinear}));
  EXPECT_TRUE(IsUsable({0, 0.5, WindowFunction::kLinearExact}));
  EXPECT_FALSE(IsUsable({0, 0, WindowFunction::kSigmoid}));
}

TEST(Display, ExtremePaddingIsDark) {
  DisplayParameters p = Bits(12);
  EXPECT_TRUE(IsPaddingDark(p));
  p.padding = {0, 0};
  EXPECT_TRUE(IsPaddingDark(p));
  p.padding = {0, 100};
  EXPECT_FALSE(IsPaddingDark(p));
  p.window = Window{2000, 3000, WindowFunction::kLinear};
  EXPECT_TRUE(IsPaddingDark(p));  // below the window
  p.inverted = true;
  EXPECT_FALSE(IsPaddingDark(p));
  p.padding = {4095, 4095};
  EXPECT_TRUE(IsPaddingDark(p));
}

}  // namespace
}  // namespace mhcnn
