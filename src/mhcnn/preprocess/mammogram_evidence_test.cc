#include "mhcnn/preprocess/mammogram_evidence.h"

#include <gtest/gtest.h>

#include "mhcnn/testing/scenes.h"

namespace mhcnn {
namespace {

TEST(MammogramEvidence, NamesEvidenceAgainstMammogram) {
  GreyImage stripes(600, 400);
  for (int y = 0; y < stripes.rows; ++y) {
    for (int x = 0; x < stripes.cols; ++x) {
      const bool inside = y > 60 && y < 540 && x > 40 && x < 360;
      stripes(y, x) =
          static_cast<std::uint16_t>(inside ? 1500 + 1200 * ((y / 20) % 2) + y % 7 : 20);
    }
  }
  const auto evidence = ScoreMammogramEvidence(stripes, Preprocess(stripes, PreprocessOptions{}));
  EXPECT_TRUE(evidence.IsRefused()) << evidence.score;
  EXPECT_FALSE(evidence.against.empty());
  EXPECT_FALSE(MammogramEvidence{.score = 5}.IsRefused());
  EXPECT_TRUE(MammogramEvidence{.score = 5}.Clear());
}

}  // namespace
}  // namespace mhcnn
