#include "mhcnn/stats/roc.h"

#include <gtest/gtest.h>

#include "mhcnn/base/random.h"
#include "mhcnn/stats/probabilities.h"

namespace mhcnn {
namespace {

TEST(Roc, TrapezoidAreaEqualsAuc) {
  RandomStream random(7);
  std::vector<double> scores;
  std::vector<bool> positive;
  for (int i = 0; i < 200; ++i) {
    positive.push_back(random.Integer(3) == 0);
    scores.push_back(random.Integer(12) + (positive.back() ? 3 : 0));  // with many ties
  }
  const auto curve = RocCurve(scores, positive);
  ASSERT_GE(curve.size(), 3u);
  EXPECT_EQ(curve.front().false_positive_rate, 0);
  EXPECT_EQ(curve.back().true_positive_rate, 1);
  EXPECT_EQ(curve.back().false_positive_rate, 1);
  double area = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    area += (curve[i].false_positive_rate - curve[i - 1].false_positive_rate) *
            (curve[i].true_positive_rate + curve[i - 1].true_positive_rate) / 2;
  }
  EXPECT_NEAR(area, *Auc(scores, positive).value, 1e-12);
}

TEST(Roc, IsEmptyForUndefinedAuc) {
  EXPECT_TRUE(RocCurve({}, {}).empty());
  EXPECT_TRUE(RocCurve({1, 2}, {true, true}).empty());
}

}  // namespace
}  // namespace mhcnn
