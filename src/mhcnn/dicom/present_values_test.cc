#include "mhcnn/dicom/present_values.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(PresentValues, IgnoresDeadPixels) {
  DisplayParameters p;
  p.bits = 12;
  std::vector<std::size_t> counts(4096);
  for (std::size_t value = 100; value < 1100; ++value) counts[value] = 10;
  counts[0] = counts[4095] = 1;
  SetPresent(counts, p);
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
  SetPresent(counts, p);
  SetRange(counts, p);
  ASSERT_TRUE(p.range.has_value());
  EXPECT_EQ(p.range->first, -1000);
}

}  // namespace
}  // namespace mhcnn
