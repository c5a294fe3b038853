#include "mhcnn/phantom/physics.h"

#include <gtest/gtest.h>

namespace mhcnn::phantom {
namespace {

TEST(Physics, AttenuationEqualsPublishedValues) {
  // Johns & Yaffe, Phys. Med. Biol. 32 (1987) 675, per cm.
  const double published[][3] = {{18, 0.558, 1.028}, {20, 0.456, 0.802}, {25, 0.322, 0.506}};
  for (const auto& [kev, adipose, gland] : published) {
    EXPECT_NEAR(AttenuationAt(kev).adipose * 10, adipose, 0.01 * adipose) << kev;
    EXPECT_NEAR(AttenuationAt(kev).gland * 10, gland, 0.01 * gland) << kev;
  }
  EXPECT_NEAR(AttenuationAt(20).muscle * 10, 0.8205 * 1.05, 1e-3);
}

}  // namespace
}  // namespace mhcnn::phantom
