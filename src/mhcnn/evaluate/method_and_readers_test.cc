#include "mhcnn/evaluate/method_and_readers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/evaluated_cases.h"

namespace mhcnn {
namespace {

using ::testing::IsEmpty;

EvaluationOptions Quick() {
  EvaluationOptions options;
  options.bootstrap.resamples = 200;
  return options;
}

double FindValue(const std::vector<MetricRow>& lines, const std::string& metric) {
  for (const auto& line : lines) {
    if (line.metric == metric) return line.estimate.value.value.value();
  }
  throw std::runtime_error("no line " + metric);
}

/// Four images with two readers; A says b throughout, B the true a to d.
struct Set {
  std::vector<EvaluatedCase> cases;
  ReaderAnnotations readers;
};

Set FourImages() {
  Set set;
  set.readers.names = {"A", "B"};
  for (int i = 0; i < 4; ++i) {
    const std::string path = "/set/" + std::to_string(i);
    EvaluatedCase c = MakeCase(path, "p" + std::to_string(i), 0, 10.0 * i + 1);
    c.category = CategoryFromIndex(i);
    set.cases.push_back(c);
    ImageAnnotations image;
    image.path = path;
    image.patient_id = c.patient_id;
    image.percent_densities = {{"A", 10.0 * i}, {"B", 10.0 * i + 4}};
    image.categories = {{"A", DensityCategory::kB}, {"B", CategoryFromIndex(i)}};
    set.readers.images.push_back(image);
  }
  return set;
}

TEST(MethodAndReaders, ComparesWithEachAndWithTheirConsensus) {
  const Set set = FourImages();
  const auto lines = CompareWithReaders(set.cases, set.readers, Quick());
  const std::string a = "against reader A: ", b = "against reader B: ",
                    both = "against the readers' consensus: ";
  EXPECT_DOUBLE_EQ(FindValue(lines, a + "percent, mean absolute difference"), 1);
  EXPECT_DOUBLE_EQ(FindValue(lines, b + "percent, bias"), -3);
  EXPECT_DOUBLE_EQ(FindValue(lines, both + "percent, mean absolute difference"), 1);
  EXPECT_DOUBLE_EQ(FindValue(lines, both + "percent, bias"), -1);
  EXPECT_DOUBLE_EQ(FindValue(lines, a + "category the same"), 0.25);
  EXPECT_DOUBLE_EQ(FindValue(lines, b + "category the same"), 1);
  EXPECT_DOUBLE_EQ(FindValue(lines, b + "category quadratic kappa"), 1);
  // Of a and b the denser is b, of b and c it is c: b, b, c, d against a, b, c, d.
  EXPECT_DOUBLE_EQ(FindValue(lines, both + "category the same"), 0.75);
}

TEST(MethodAndReaders, LeavesOutWhatWasNotMeasured) {
  Set set = FourImages();
  set.cases[0].error = "no breast";
  const auto lines = CompareWithReaders(set.cases, set.readers, Quick());
  for (const auto& line : lines) EXPECT_EQ(line.cases, 3u) << line.metric;
}

TEST(MethodAndReaders, SingleReaderGivesNoMetrics) {
  Set set = FourImages();
  set.readers.names = {"A"};
  EXPECT_THAT(CompareWithReaders(set.cases, set.readers, Quick()), IsEmpty());
}

}  // namespace
}  // namespace mhcnn
