#include "mhcnn/evaluate/drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/random.h"
#include "mhcnn/results/results_table.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

/// A month of one site: percents around 25 with a shift, every tenth file of the second vendor.
std::vector<Result> Month(int count, std::uint64_t seed, double shift = 0, double refused = 0.02) {
  RandomStream random(seed);
  std::vector<Result> results;
  for (int i = 0; i < count; ++i) {
    Result r;
    r.facts.path = "/in/site/" + std::to_string(i) + ".dcm";
    r.facts.manufacturer = i % 3 == 0 ? "B" : "A";
    if (random.Uniform() < refused) r.error = "out of scope: no breast";
    r.percent_density = std::clamp(25 + shift + random.Normal(0, 8), 0.0, 100.0);
    r.category = CategoryFromPercent(*r.percent_density, {15, 30, 45});
    r.probabilities[static_cast<std::size_t>(*r.category)] = 1;
    r.ood_score = 0.5 + 0.1 * random.Normal(0, 1);
    if (i % 10 == 0) r.flags = {"heads_disagree"};
    results.push_back(r);
  }
  return results;
}

const DriftRow& LineOf(const DriftGroup& group, const std::string& figure) {
  for (const auto& line : group.lines) {
    if (line.metric == figure) return line;
  }
  throw std::runtime_error("no line " + figure);
}

TEST(Drift, TwoMonthsThatAreAlikeRaiseNoAlarm) {
  const Drift drift = CompareResults(Month(400, 1), Month(300, 2), {});
  EXPECT_FALSE(drift.changed());
  ASSERT_EQ(drift.groups.size(), 3u) << "all, vendor A, vendor B; one site is all";
  EXPECT_EQ(drift.groups[1].name, "vendor A");
  EXPECT_LT(*LineOf(drift.groups[0], "percent_density").stability.value, 0.2);
}

TEST(Drift, AShiftOfThePercentIsFound) {
  const Drift drift = CompareResults(Month(400, 3), Month(300, 4, 8), {});
  EXPECT_TRUE(drift.changed());
  const auto& line = LineOf(drift.groups[0], "percent_density");
  EXPECT_TRUE(line.changed);
  EXPECT_GT(*line.stability.value, 0.25);
  EXPECT_NEAR(line.now - line.reference, 8, 3);
  EXPECT_FALSE(LineOf(drift.groups[0], "refused").changed);
  EXPECT_FALSE(LineOf(drift.groups[0], "flag heads_disagree").changed);
}

TEST(Drift, MoreRefusalsAndOneVendorAloneAreFound) {
  EXPECT_TRUE(LineOf(CompareResults(Month(400, 5), Month(400, 6, 0, 0.2), {}).groups[0], "refused")
                  .changed);
  auto now = Month(400, 7);
  for (auto& r : now) {
    if (r.facts.manufacturer == "B") *r.percent_density = std::min(100.0, *r.percent_density + 20);
  }
  const Drift drift = CompareResults(Month(400, 8), now, {});
  EXPECT_TRUE(LineOf(drift.groups[2], "percent_density").changed);
  EXPECT_FALSE(LineOf(drift.groups[1], "percent_density").changed);
}

TEST(Drift, OfFewFilesNothingIsSaid) {
  const Drift drift = CompareResults(Month(400, 9), Month(30, 10, 40), {});
  EXPECT_FALSE(drift.any());
  EXPECT_THAT(drift.groups[0].undefined, HasSubstr("fewer than 50"));
  DriftOptions bad;
  bad.significance = 2;
  EXPECT_THROW(CompareResults({}, {}, bad), Error);
}

TEST(Drift, ReadsResultsOfPredict) {
  const testing_support::ScratchFolder folder;
  WriteFileAtomically(folder / "results.json", ResultsJson(Month(120, 11), {}, {}));
  const auto read = ReadResults(folder / "results.json");
  ASSERT_EQ(read.size(), 120u);
  const Drift drift = CompareResults(read, Month(120, 12, 15), {});
  EXPECT_TRUE(DriftToJson(drift).at("changed").get<bool>());
  WriteFileAtomically(folder / "other.json", std::string_view("{\"schema\": \"x\"}"));
  EXPECT_THROW(ReadResults(folder / "other.json"), Error);
}

}  // namespace
}  // namespace mhcnn
