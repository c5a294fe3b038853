#include "mhcnn/report/drift_html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<Result> Month(double first_percent) {
  std::vector<Result> results(120);
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i].metadata.path = "/in/site/" + std::to_string(i) + ".dcm";
    results[i].percent_density = first_percent + static_cast<double>(i % 30);
  }
  return results;
}

TEST(DriftHtml, EscapesNamesAndDrawsDistributions) {
  Drift drift = CompareResults(Month(5), Month(25), {});
  drift.now = "<month>";
  const std::string page = DriftHtml(drift);
  EXPECT_THAT(page, HasSubstr("&lt;month&gt;"));
  EXPECT_THAT(page, HasSubstr("<svg"));
}

TEST(DriftHtml, ListsUncomparedGroups) {
  auto before = Month(5), now = Month(45);
  for (std::size_t i = 45; i < before.size(); ++i) before[i].error = now[i].error = "out of scope";
  Drift drift = CompareResults(before, now, {});
  drift.warnings = {"measured by different models: <a>; b"};
  const std::string page = DriftHtml(drift);
  EXPECT_THAT(page, HasSubstr("<td>percent_density</td><td colspan=5>not compared, 45 measured "
                              "files, 50 needed</td>"));
  EXPECT_THAT(page, HasSubstr("could be compared"));
  EXPECT_THAT(page, Not(HasSubstr("Nothing has changed")));
  EXPECT_THAT(page, HasSubstr("Warning: measured by different models: &lt;a&gt;; b"));
}

TEST(DriftHtml, ShowsCategoriesAsLetters) {
  auto before = Month(5), now = Month(5);
  for (auto& r : before) r.category = DensityCategory::kA;
  for (auto& r : now) r.category = DensityCategory::kC;
  EXPECT_THAT(DriftHtml(CompareResults(before, now, {})),
              HasSubstr("<td>category</td><td class=n>a</td><td class=n>c</td>"));
}

}  // namespace
}  // namespace mhcnn
