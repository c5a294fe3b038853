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

TEST(EvaluationHtml, StrataOfVendorsHaveExamsAndFailures) {
  auto cases = MakeCases();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    cases[i].vendor = i < 8 ? "refused" : "common";
    if (i < 8) cases[i].error = "unsupported: compressed";
  }
  const std::string html = Html(cases);
  for (const char* column : {"category linear kappa", "exam category accuracy",
                             "exam dense sensitivity", "not measured, share"}) {
    EXPECT_THAT(html, HasSubstr("<th class=n>" + std::string(column) + "</th>"));
  }
  // Cases, patients, not measured: then the figures, most of which the refused vendor lacks.
  EXPECT_THAT(html, HasSubstr("<tr><td>vendor refused</td><td class=n>0</td><td class=n>0</td>"
                              "<td class=n>8</td><td class=n></td>"));
  EXPECT_THAT(html, HasSubstr("<tr><td>view CC</td><td class=n>6</td><td class=n>6</td>"
                              "<td class=n></td>"));
  EXPECT_THAT(html, Not(HoldsNan()));
}

TEST(EvaluationHtml, StrataWithoutExamsHaveNoColumnOfThem) {
  auto cases = MakeCases();
  for (std::size_t i = 0; i < cases.size(); ++i) cases[i].patient_id = "p" + std::to_string(i);
  EXPECT_THAT(Html(cases), Not(HasSubstr("exam category accuracy</th>")));
}

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
