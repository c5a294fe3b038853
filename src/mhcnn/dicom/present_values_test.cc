#include "mhcnn/dicom/present_values.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mhcnn {
namespace {

TEST(PresentValues, IgnoresDeadPixels) {
  DisplayParameters p;
  p.bits = 12;
  std::vector<std::size_t> counts(4096);
  for (std::size_t value = 100; value < 1100; ++value) counts[value] = 10;
  counts[0] = counts[4095] = 1;
  SetPresentRange(counts, p);
  EXPECT_EQ(p.present, std::pair(100, 1099));
}

TEST(PresentValues, AirWithoutPaddingIsBlack) {
  DisplayParameters p;
  p.is_signed = true;
  p.padding = std::pair(-32768, -32768);
  std::vector<std::size_t> counts(65536);
  const auto at = [](int value) { return static_cast<std::size_t>(value & 0xFFFF); };
  counts[at(-32768)] = 3000;
  counts[at(-1000)] = 5000;
  for (int value = -900; value < 3000; ++value) counts[at(value)] = 1;
  SetPresentRange(counts, p);
  SetRange(counts, p);
  ASSERT_TRUE(p.range.has_value());
  EXPECT_EQ(p.range->first, -1000);
}

/// A picture of 1,000 background pixels at 0 and 10 of each value from 1000 to 3000.
std::vector<std::size_t> BreastCounts() {
  std::vector<std::size_t> counts(4096);
  counts[0] = 1000;
  for (std::size_t value = 1000; value <= 3000; ++value) counts[value] = 10;
  return counts;
}

bool WhiteWith(double center, double width, bool inverted) {
  DisplayParameters p;
  p.bits = 12;
  p.inverted = inverted;
  auto counts = BreastCounts();
  if (inverted) std::reverse(counts.begin(), counts.end());
  SetPresentRange(counts, p);
  if (width > 0) p.window = Window{inverted ? 4095 - center : center, width};
  return ShowsMostlyWhite(counts, p);
}

TEST(PresentValues, WindowOfAnotherScaleShowsMostlyWhite) {
  for (const bool inverted : {false, true}) {
    EXPECT_TRUE(WhiteWith(128, 256, inverted));
    EXPECT_TRUE(WhiteWith(1500, 800, inverted));    // white from 1900 on: 55 %
    EXPECT_FALSE(WhiteWith(1800, 800, inverted));   // from 2200 on: 40 %
    EXPECT_FALSE(WhiteWith(2000, 2000, inverted));  // the whole picture
    EXPECT_FALSE(WhiteWith(0, 0, inverted)) << "no VOI";
  }
}

TEST(PresentValues, IgnoresSaturatedLabelsAndImplantsForWindow) {
  DisplayParameters p;
  // An implant that is clipped at the highest value and covers more than the rest of the breast.
  p.bits = 12;
  p.window = Window{2048, 4096};
  auto counts = BreastCounts();
  counts[4095] = 50000;
  SetPresentRange(counts, p);
  EXPECT_FALSE(ShowsMostlyWhite(counts, p));
  // A label at the end of 16 bits over a breast of 12.
  p.bits = 16;
  counts = BreastCounts();
  counts.resize(65536);
  counts[65535] = 500;
  SetPresentRange(counts, p);
  EXPECT_FALSE(ShowsMostlyWhite(counts, p));
}

}  // namespace
}  // namespace mhcnn
