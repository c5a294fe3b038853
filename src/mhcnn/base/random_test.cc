#include "mhcnn/base/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mhcnn {
namespace {

// Vectors from the authors' Random123 distribution (kat_vectors, philox4x32 with 10 rounds).
TEST(Random, PhiloxEqualsPublishedVectors) {
  using Block = std::array<std::uint32_t, 4>;
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, StreamsAreNamedAndHaveNormalMoments) {
  RandomStream a(7, 3), b(7, 3), c(7, 4);
  EXPECT_EQ(a.Bits(), b.Bits());
  EXPECT_NE(a.Bits(), c.Bits());
  RandomStream r(1);
  const int n = 200000;
  double sum = 0, squares = 0, uniform = 0;
  for (int i = 0; i < n; ++i) {
    const double x = r.Normal(), u = r.Uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += x;
    squares += x * x;
    uniform += u;
  }
  EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(uniform / n, 0.5, 5 / std::sqrt(12.0 * n));
}

}  // namespace
}  // namespace mhcnn
