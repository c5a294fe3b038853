#include "mhcnn/report/drift_html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

std::vector<Result> Month(double first_percent) {
  std::vector<Result> results(120);
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i].facts.path = "/in/site/" + std::to_string(i) + ".dcm";
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

}  // namespace
}  // namespace mhcnn
