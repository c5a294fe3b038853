#include "mhcnn/stats/confusion.h"

#include "mhcnn/base/error.h"
#include "mhcnn/stats/values.h"
#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

constexpr KappaWeights kWeights[] = {KappaWeights::kNone, KappaWeights::kLinear,
                                     KappaWeights::kQuadratic};

TEST(Confusion, EqualsScikitLearnAndStatsmodels) {
  for (const auto& c : StatsGoldens("/confusion")) {
    const ConfusionMatrix found = Confusion(c["truth"], c["found"], c["classes"]);
    const ConfusionMatrix transposed = found.transpose();  // row by row, as NumPy keeps it
    EXPECT_EQ(std::vector<std::int64_t>(transposed.reshaped().begin(), transposed.reshaped().end()),
              c["matrix"].get<std::vector<std::int64_t>>());
    ExpectNear(Accuracy(found), Doubles(c["accuracy"]));
    ExpectNear(MajorityClassAccuracy(found), c["commonest"]);
    for (std::size_t w = 0; w < 3; ++w) ExpectNear(Kappa(found, kWeights[w]), c["kappa"][w]);
    ExpectNear(MacroF1(found), c["macro_f1"]);
    const auto recall = RecallPerClass(found);
    ASSERT_EQ(recall.size(), c["recall"].size());
    for (std::size_t k = 0; k < recall.size(); ++k) {
      if (c["recall"][k].is_null()) {
        ExpectUndefined(recall[k], "no case of category " + std::to_string(k));
      } else {
        ExpectNear(recall[k], c["recall"][k]);
      }
    }
  }
}

// Fleiss, Statistical Methods for Rates and Proportions, 1981, table 13.1: two raters, 100 persons
// in three diagnoses; he publishes kappa 0.676.
TEST(Confusion, FleissKappaOfDiagnoses) {
  ConfusionMatrix counts(3, 3);
  counts << 75, 1, 4, 5, 4, 1, 0, 0, 10;
  ExpectNear(Kappa(counts), 0.676, 0.0006);
}

// Newcombe, Stat Med 17, 1998, table I, method 3.
TEST(Confusion, NewcombesWilsonIntervals) {
  ExpectNear(Proportion(81, 263), {81.0 / 263, 0.2553, 0.3662}, 5e-5);
  ExpectNear(Proportion(15, 148), {15.0 / 148, 0.0624, 0.1605}, 5e-5);
  ExpectNear(Proportion(0, 20), {0, 0, 0.1611}, 5e-5);
  ExpectNear(Proportion(1, 29), {1.0 / 29, 0.0061, 0.1718}, 5e-5);
  for (std::int64_t cases = 1; cases < 200; ++cases) {
    EXPECT_EQ(Proportion(0, cases).low.value, 0);
    EXPECT_EQ(Proportion(cases, cases).high.value, 1);
  }
}

TEST(Confusion, Properties) {
  RandomStream random(4);
  for (int round = 0; round < 20; ++round) {
    std::vector<int> truth, found;
    for (int i = 0; i < 40; ++i) {
      truth.push_back(static_cast<int>(random.Integer(4)));
      found.push_back(random.Chance(0.6) ? truth.back() : static_cast<int>(random.Integer(4)));
    }
    const auto order = Shuffled(truth.size(), static_cast<std::uint64_t>(round));
    const ConfusionMatrix counts = Confusion(truth, found, 4);
    EXPECT_EQ(counts, Confusion(Select(truth, order), Select(found, order), 4));
    for (const auto weights : kWeights) {
      ExpectNear(Kappa(counts, weights), *Kappa(counts.transpose(), weights).value);
      ExpectNear(Kappa(Confusion(truth, truth, 4), weights), 1);
    }
    ExpectNear(MacroF1(counts), *MacroF1(counts.transpose()).value);
    ExpectNear(MacroF1(Confusion(truth, truth, 4)), 1);
    // Weights make no difference between two categories.
    for (auto* categories : {&truth, &found}) {
      for (int& c : *categories) c /= 2;
    }
    const ConfusionMatrix two = Confusion(truth, found, 2);
    ExpectNear(Kappa(two, KappaWeights::kQuadratic), *Kappa(two).value);
  }
}

TEST(Confusion, StatesUndefinedValues) {
  const ConfusionMatrix none = Confusion({}, {}, 4);
  ExpectUndefined(Accuracy(none).low, "no case");
  ExpectUndefined(MajorityClassAccuracy(none), "no case");
  ExpectUndefined(Kappa(none), "no case");
  ExpectUndefined(MacroF1(none), "no case");
  ExpectUndefined(Kappa(Confusion({1}, {2}, 4)), "fewer than 2 cases");
  ExpectUndefined(Kappa(Confusion({2, 2, 2}, {2, 2, 2}, 4)),
                  "truth and found are one category throughout");
  ExpectNear(Kappa(Confusion({0, 1, 2}, {1, 1, 1}, 4)), 0);
  ExpectUndefined(F1PerClass(Confusion({0, 1}, {1, 1}, 3))[2],
                  "category 2 is neither true nor found");
  EXPECT_THROW(Confusion({0, 4}, {0, 1}, 4), Error);
  EXPECT_THROW(Confusion({0, 1}, {0, -1}, 4), Error);
  EXPECT_THROW(Confusion({0, 1}, {0}, 4), Error);
}

}  // namespace
}  // namespace mhcnn
