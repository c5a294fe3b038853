#include "mhcnn/stats/probabilities.h"

#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/stats/values.h"
#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

Probabilities ReadProbabilities(const nlohmann::json& json) {
  const auto rows = json.get<std::vector<std::vector<double>>>();
  Probabilities probabilities(rows.size(), rows[0].size());
  for (Eigen::Index i = 0; i < probabilities.rows(); ++i) {
    for (Eigen::Index j = 0; j < probabilities.cols(); ++j) probabilities(i, j) = rows[i][j];
  }
  return probabilities;
}

TEST(Probabilities, EqualScikitLearnAndSciPy) {
  for (const auto& c : StatsGoldens("/probabilities")) {
    const auto truth = c["truth"].get<std::vector<int>>();
    const Probabilities p = ReadProbabilities(c["probabilities"]);
    const auto areas = AucPerClass(truth, p);
    ASSERT_EQ(areas.size(), c["auc"].size());
    for (std::size_t k = 0; k < areas.size(); ++k) ExpectNear(areas[k], c["auc"][k]);
    ExpectNear(MacroAuc(truth, p), c["macro_auc"]);
    ExpectNear(OrdinalAuc(truth, ExpectedCategory(p)), c["ordinal_auc"]);
    ExpectNear(BrierScore(truth, p), c["brier"]);
    ExpectNear(LogLoss(truth, p), c["log_loss"]);
    ExpectNear(ExpectedCalibrationError(truth, p, c["bins"]), c["calibration_error"]);
    // scikit-learn's curve leaves empty bins out.
    std::size_t filled = 0;
    const auto curve = CalibrationCurve(truth, p, c["bins"]);
    ASSERT_EQ(curve.size(), c["counts"].size());
    for (std::size_t b = 0; b < curve.size(); ++b) {
      EXPECT_EQ(curve[b].cases, c["counts"][b]);
      if (curve[b].cases == 0) {
        ExpectUndefined(curve[b].confidence, "no case");
        continue;
      }
      ExpectNear(curve[b].confidence, c["confidence"][filled]);
      ExpectNear(curve[b].accuracy, c["right"][filled++]);
    }
  }
}

// Hanley & McNeil, Radiology 143, 1982, table I: 109 CT images rated 1 to 5; they publish 0.893.
TEST(Auc, HanleyAndMcNeil) {
  std::vector<double> scores;
  std::vector<bool> positive;
  const int normal[] = {33, 6, 6, 11, 2}, abnormal[] = {3, 2, 2, 11, 33};
  for (int rating = 0; rating < 5; ++rating) {
    for (const bool ill : {false, true}) {
      const auto count = static_cast<std::size_t>((ill ? abnormal : normal)[rating]);
      scores.insert(scores.end(), count, rating + 1);
      positive.insert(positive.end(), count, ill);
    }
  }
  ExpectNear(Auc(scores, positive), 0.893, 0.0005);
}

TEST(Auc, OrdinalOfTwoCategoriesEqualsBinary) {
  RandomStream random(2);
  std::vector<double> scores;
  std::vector<int> truth;
  std::vector<bool> positive;
  for (int i = 0; i < 50; ++i) {
    truth.push_back(random.Chance(0.3) ? 3 : 1);  // any two categories
    positive.push_back(truth.back() == 3);
    scores.push_back(static_cast<double>(random.Integer(8)) + truth.back());
  }
  ExpectNear(OrdinalAuc(truth, scores), *Auc(scores, positive).value);
}

TEST(Auc, Properties) {
  RandomStream random(11);
  std::vector<double> scores, mirrored, stretched;
  std::vector<int> truth;
  for (int i = 0; i < 60; ++i) {
    truth.push_back(static_cast<int>(random.Integer(4)));
    scores.push_back(truth.back() + static_cast<double>(random.Integer(4)));
    mirrored.push_back(-scores.back());
    stretched.push_back(std::exp(scores.back()));
  }
  const double area = *OrdinalAuc(truth, scores).value;
  ExpectNear(OrdinalAuc(truth, mirrored), 1 - area);
  ExpectNear(OrdinalAuc(truth, stretched), area);
  const auto order = Shuffled(truth.size(), 3);
  ExpectNear(OrdinalAuc(Select(truth, order), Select(scores, order)), area);
  ExpectNear(OrdinalAuc(truth, std::vector<double>(truth.begin(), truth.end())), 1);
  ExpectNear(OrdinalAuc(truth, std::vector<double>(truth.size(), 0.5)), 0.5);
}

TEST(Probabilities, ClosedForms) {
  Probabilities p(2, 3);
  p << 1, 0, 0, 0.5, 0.5, 0;
  ExpectNear(BrierScore({0, 1}, p), 0.25);
  ExpectNear(LogLoss({0, 1}, p), std::log(2) / 2, 1e-12);
  EXPECT_EQ(ExpectedCategory(p), (std::vector<double>{0, 0.5}));
  // Both halves are the top category of the second case: the first counts, and it is wrong.
  ExpectNear(CalibrationCurve({0, 1}, p, 10)[4].accuracy, 0);
  ExpectNear(ExpectedCalibrationError({0, 1}, p, 10), 0.25);
  // An impossible truth costs -ln 2^-52 and no more.
  ExpectNear(LogLoss({2, 2}, p), 52 * std::log(2));
}

TEST(Probabilities, DoNotDependOnOrder) {
  const auto c = StatsGoldens("/probabilities/0");
  const auto truth = c["truth"].get<std::vector<int>>();
  const Probabilities p = ReadProbabilities(c["probabilities"]);
  const auto order = Shuffled(truth.size(), 8);
  const auto shuffled = Select(truth, order);
  const Probabilities q = Select(p, order);
  ExpectNear(MacroAuc(shuffled, q), *MacroAuc(truth, p).value);
  ExpectNear(BrierScore(shuffled, q), *BrierScore(truth, p).value);
  ExpectNear(LogLoss(shuffled, q), *LogLoss(truth, p).value);
  ExpectNear(ExpectedCalibrationError(shuffled, q), *ExpectedCalibrationError(truth, p).value);
}

TEST(Probabilities, StateUndefinedValues) {
  const Probabilities even = Probabilities::Constant(3, 4, 0.25), none(0, 4);
  const auto areas = AucPerClass({0, 0, 2}, even);
  ExpectNear(areas[0], 0.5);
  ExpectUndefined(areas[1], "no case of category 1");
  ExpectUndefined(MacroAuc({0, 0, 2}, even), "no case of category 1");
  ExpectUndefined(AucPerClass({2, 2, 2}, even)[2], "no case of another category than 2");
  ExpectUndefined(OrdinalAuc({2, 2, 2}, {1, 2, 3}), "all cases are of one category");
  ExpectUndefined(OrdinalAuc({1, 2}, {1, std::nan("")}), "a score is NaN");
  ExpectUndefined(OrdinalAuc({}, {}), "no case");
  ExpectUndefined(Auc({1, 2}, {true, true}), "no negative case");
  ExpectUndefined(Auc({1, std::nan("")}, {true, false}), "a score is NaN");
  ExpectUndefined(BrierScore({}, none), "no case");
  ExpectUndefined(LogLoss({}, none), "no case");
  ExpectUndefined(ExpectedCalibrationError({}, none), "no case");
  EXPECT_TRUE(CalibrationCurve({}, none).empty());
  for (const double wrong : {0.3, -0.25, std::nan("")}) {
    Probabilities bad = even;
    bad(1, 1) = wrong;
    ExpectUndefined(LogLoss({0, 1, 2}, bad), "the probabilities of a case are no distribution");
    ExpectUndefined(MacroAuc({0, 1, 2}, bad), "the probabilities of a case are no distribution");
  }
  EXPECT_THROW(BrierScore({0, 1}, even), Error);
  EXPECT_THROW(BrierScore({0, 1, 4}, even), Error);
  EXPECT_THROW(OrdinalAuc({0, -1}, {0, 1}), Error);
  EXPECT_THROW(Auc({0, 1}, {true}), Error);
  EXPECT_THROW(CalibrationCurve({0, 1, 2}, even, 0), Error);
}

}  // namespace
}  // namespace mhcnn
