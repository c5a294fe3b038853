#include "mhcnn/report/evaluation_html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/evaluated_cases.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Html(const std::vector<EvaluatedCase>& cases) {
  const EvaluationSubject subject{"test 1", "manifest.csv", "", {}};
  return EvaluationHtml(subject, Evaluate(cases, QuickEvaluation()), cases, {});
}

TEST(EvaluationHtml, ShowsNoNanForConstantPredictions) {
  auto cases = MakeCases();
  for (auto& c : cases) c.percent = 20;
  EXPECT_THAT(Html(cases), Not(HoldsNan()));
}

TEST(EvaluationHtml, ShowsNoNanForOneCase) { EXPECT_THAT(Html({MakeCases()[7]}), Not(HoldsNan())); }

TEST(EvaluationHtml, ShowsNoNanWithoutCases) { EXPECT_THAT(Html({}), Not(HoldsNan())); }

TEST(EvaluationHtml, EscapesPathsOfFailedCases) {
  EvaluatedCase failed;
  failed.path = "/set/x<&>.png";
  failed.error = "corrupt: cut short";
  const std::string html = Html({failed});
  EXPECT_THAT(html, Not(HoldsNan()));
  EXPECT_THAT(html, HasSubstr("x&lt;&amp;&gt;.png"));
}

}  // namespace
}  // namespace mhcnn
