#include "mhcnn/report/evaluation_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/evaluated_cases.h"
#include "mhcnn/testing/svg_text.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::ShownSvg;

TEST(EvaluationFigures, DiceFigureNamesEachClassWithItsMean) {
  const auto cases = MakeCases();
  const std::string svg = ShownSvg(DiceFigure(Evaluate(cases, QuickEvaluation()), cases));
  for (const char* text : {"breast", "dense", "adipose", "tissue (mean of three)", "Dice"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
  EXPECT_THAT(svg, HasSubstr("0.800")) << "2 * 400 / (2 * 400 + 200)";
  EXPECT_THAT(svg, Not(HasSubstr("pectoral"))) << "empty in all cases: undefined";
  EXPECT_THAT(svg, Not(HoldsNan()));
}

TEST(EvaluationFigures, StrataFigureHasARowForEachStratum) {
  const Evaluation evaluation = Evaluate(MakeCases(), QuickEvaluation());
  const std::string svg =
      ShownSvg(StrataFigure(evaluation, "percent bias (masks)", "bias (points)"));
  for (const char* text : {"view CC (10)", "view MLO (10)", "vendor common (17)"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
  EXPECT_THAT(svg, HasSubstr("bias (points) by stratum"));
}

TEST(EvaluationFigures, BlandAltmanFigureShowsBiasAndLimits) {
  // Differences 3 and -1 in turn: bias 1, deviation 2 sqrt(20 / 19), limits 1 -+ 1.96 of it.
  const std::string svg = ShownSvg(BlandAltmanFigure(MakeCases(), PercentColumn::kMasks));
  EXPECT_THAT(svg, HasSubstr("+1.0"));
  EXPECT_THAT(svg, HasSubstr("+5.0"));
  EXPECT_THAT(svg, HasSubstr("-3.0"));
  EXPECT_THAT(ShownSvg(ScatterFigure(MakeCases(), PercentColumn::kMasks)),
              HasSubstr("predicted, masks (%)"));
}

TEST(EvaluationFigures, RocFigureNamesTheAreas) {
  auto cases = MakeCases();
  // Perfect probabilities.
  for (auto& c : cases) {
    c.probabilities = {0.0, 0.0, 0.0, 0.0};
    (*c.probabilities)[static_cast<std::size_t>(ToIndex(*c.true_category))] = 1;
  }
  const std::string svg = ShownSvg(RocFigure(cases));
  for (const char* area : {"a  AUC 1.000", "b  AUC 1.000", "c  AUC 1.000", "d  AUC 1.000"}) {
    EXPECT_THAT(svg, HasSubstr(area));
  }
}

TEST(EvaluationFigures, NothingToDrawIsEmpty) {
  const Evaluation none = Evaluate({}, QuickEvaluation());
  EXPECT_EQ(DiceFigure(none, {}), "");
  EXPECT_EQ(StrataFigure(none, "percent bias (masks)", "x"), "");
  EXPECT_EQ(ScatterFigure({}, PercentColumn::kMasks), "");
  EXPECT_EQ(BlandAltmanFigure({}, PercentColumn::kMasks), "");
  EXPECT_EQ(RocFigure({}), "");
  EXPECT_EQ(CalibrationFigure(none), "");
  // The cases have masks alone.
  EXPECT_EQ(ScatterFigure(MakeCases(), PercentColumn::kRegression), "");
  EXPECT_NE(CalibrationFigure(Evaluate(MakeCases(), QuickEvaluation())), "");
}

}  // namespace
}  // namespace mhcnn
