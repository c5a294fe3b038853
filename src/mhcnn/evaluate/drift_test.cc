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

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A month of one site: percent densities around 25 with a shift, every tenth file of the second
/// vendor.
std::vector<Result> Month(int count, std::uint64_t seed, double shift = 0, double refused = 0.02) {
  RandomStream random(seed);
  std::vector<Result> results;
  for (int i = 0; i < count; ++i) {
    Result r;
    r.metadata.path = "/in/site/" + std::to_string(i) + ".dcm";
    r.metadata.manufacturer = i % 3 == 0 ? "B" : "A";
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

const DriftRow& FindMetric(const DriftGroup& group, const std::string& figure) {
  for (const auto& line : group.lines) {
    if (line.metric == figure) return line;
  }
  throw std::runtime_error("no line " + figure);
}

TEST(Drift, SimilarMonthsRaiseNoAlarm) {
  const Drift drift = CompareResults(Month(400, 1), Month(300, 2), {});
  EXPECT_FALSE(drift.changed());
  ASSERT_EQ(drift.groups.size(), 3u) << "all, vendor A, vendor B; one site is all";
  EXPECT_EQ(drift.groups[1].name, "vendor A");
  EXPECT_LT(*FindMetric(drift.groups[0], "percent_density").stability.value, 0.2);
}

TEST(Drift, DetectsShiftOfPercentDensity) {
  const Drift drift = CompareResults(Month(400, 3), Month(300, 4, 8), {});
  EXPECT_TRUE(drift.changed());
  const auto& line = FindMetric(drift.groups[0], "percent_density");
  EXPECT_TRUE(line.changed);
  EXPECT_GT(*line.stability.value, 0.25);
  EXPECT_NEAR(line.now - line.reference, 8, 3);
  EXPECT_FALSE(FindMetric(drift.groups[0], "refused").changed);
  EXPECT_FALSE(FindMetric(drift.groups[0], "flag heads_disagree").changed);
}

TEST(Drift, DetectsMoreRefusalsAndSingleVendorShift) {
  EXPECT_TRUE(
      FindMetric(CompareResults(Month(400, 5), Month(400, 6, 0, 0.2), {}).groups[0], "refused")
          .changed);
  auto now = Month(400, 7);
  for (auto& r : now) {
    if (r.metadata.manufacturer == "B")
      *r.percent_density = std::min(100.0, *r.percent_density + 20);
  }
  const Drift drift = CompareResults(Month(400, 8), now, {});
  EXPECT_TRUE(FindMetric(drift.groups[2], "percent_density").changed);
  EXPECT_FALSE(FindMetric(drift.groups[1], "percent_density").changed);
}

TEST(Drift, SmallSamplesGiveNoVerdict) {
  const Drift drift = CompareResults(Month(400, 9), Month(30, 10, 40), {});
  EXPECT_FALSE(drift.any());
  EXPECT_THAT(drift.groups[0].undefined, HasSubstr("fewer than 50"));
  DriftOptions bad;
  bad.significance = 2;
  EXPECT_THROW(CompareResults({}, {}, bad), Error);
}

/// 60 files of which 45 are measured; percent densities from `first` on.
std::vector<Result> SixtyFiles(double first) {
  std::vector<Result> results = Month(60, 20, 0, 0);
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i].percent_density = first + static_cast<double>(i) / 3;
    if (i % 4 == 0) results[i].error = "out of scope: no breast";
  }
  return results;
}

TEST(Drift, SaysThatTooFewFilesAreMeasured) {
  const Drift drift = CompareResults(SixtyFiles(5), SixtyFiles(45), {});
  EXPECT_TRUE(drift.any());
  EXPECT_FALSE(drift.compared()) << "nothing is known of a shift of 40 points";
  EXPECT_FALSE(drift.changed());
  for (const char* figure : {"percent_density", "category", "ood_score"})
    EXPECT_EQ(FindMetric(drift.groups[0], figure).undefined, "45 measured files, 50 needed")
        << figure;
  EXPECT_EQ(FindMetric(drift.groups[0], "refused").undefined, "");
  const auto json = DriftToJson(drift);
  EXPECT_FALSE(json.at("compared").get<bool>());
  const auto& row = json.at("groups").at(0).at("figures").at(1);
  EXPECT_EQ(row.at("figure"), "percent_density");
  EXPECT_EQ(row.at("undefined"), "45 measured files, 50 needed");
  EXPECT_TRUE(row.at("now").is_null() && row.at("p").is_null());

  DriftOptions fewer;
  fewer.min_files = 45;
  EXPECT_TRUE(CompareResults(SixtyFiles(5), SixtyFiles(45), fewer).changed());
  const Drift one_side = CompareResults(SixtyFiles(5), Month(60, 21, 0, 0), {});
  EXPECT_EQ(FindMetric(one_side.groups[0], "percent_density").undefined,
            "45 measured files in the reference, 50 needed");
}

TEST(Drift, SaysThatAFigureIsMissing) {
  auto without = Month(80, 22, 0, 0);
  for (auto& r : without) {
    r.category.reset();
    r.ood_score.reset();
  }
  const Drift now = CompareResults(Month(80, 23, 0, 0), without, {});
  EXPECT_EQ(FindMetric(now.groups[0], "category").undefined,
            "0 measured files with it now, 50 needed");
  EXPECT_TRUE(now.compared()) << "the percent is";
  const Drift both = CompareResults(without, without, {});
  EXPECT_THROW(FindMetric(both.groups[0], "category"), std::runtime_error);
  auto alike = Month(80, 24, 0, 0);
  for (auto& r : alike) r.percent_density = 12;
  EXPECT_EQ(FindMetric(CompareResults(alike, without, {}).groups[0], "percent_density").undefined,
            "all values of the reference are equal");
}

TEST(Drift, TheCategoryOfTheLowerMedianIsShown) {
  auto before = Month(100, 25, 0, 0), now = Month(100, 26, 0, 0);
  for (std::size_t i = 0; i < 100; ++i) {
    before[i].category = i < 50 ? DensityCategory::kB : DensityCategory::kC;  // mean of both: 1.5
    now[i].category = i < 49 ? DensityCategory::kA : DensityCategory::kD;
  }
  const Drift drift = CompareResults(before, now, {});
  const DriftRow& row = FindMetric(drift.groups[0], "category");
  EXPECT_EQ(row.ValueText(row.reference), "b");
  EXPECT_EQ(row.ValueText(row.now), "d");
  const nlohmann::json json = DriftToJson(drift).at("groups").at(0).at("figures").at(2);
  EXPECT_EQ(json.at("figure"), "category");
  EXPECT_EQ(json.at("reference"), "b");
  EXPECT_EQ(json.at("now"), "d");
  EXPECT_EQ(FindMetric(drift.groups[0], "refused").ValueText(0.25), "0.25");
}

std::vector<Result> By(const std::string& model, std::vector<Result> results) {
  for (auto& r : results) r.model = model;
  return results;
}

TEST(Drift, NamesDifferentModelsAndCalibrations) {
  const auto month = Month(80, 27);
  const auto warnings = [&](const std::string& first, const std::string& second) {
    return CompareResults(By(first, month), By(second, month), {}).warnings;
  };
  EXPECT_THAT(warnings("fast 1", "fast 1"), IsEmpty());
  EXPECT_THAT(warnings("", "fast 1"), IsEmpty()) << "nothing is known of the one";
  EXPECT_THAT(warnings("fast 1", "fast 2"),
              ElementsAre("measured by different models: fast 1; fast 2"));
  EXPECT_THAT(warnings("fast 1", "accurate 1, calibrated: site"),
              ElementsAre("measured by different models: fast 1; accurate 1, calibrated: site"));
  EXPECT_THAT(
      warnings("fast 1", "fast 1, calibrated: site"),
      ElementsAre("measured with different calibrations: fast 1; fast 1, calibrated: site"));
  auto mixed = By("fast 1", month);
  mixed.back().model = "fast 2";  // within a side
  const Drift drift = CompareResults(mixed, By("fast 1", month), {});
  EXPECT_FALSE(drift.changed()) << "it is a warning";
  const auto json = DriftToJson(drift);
  EXPECT_EQ(json.at("warnings").at(0), "measured by different models: fast 1; fast 2");
  EXPECT_EQ(json.at("models_reference"), nlohmann::json::array({"fast 1", "fast 2"}));
  EXPECT_EQ(json.at("models_now"), nlohmann::json::array({"fast 1"}));
}

TEST(Drift, ComparesASiteWithTheFolderOfItsName) {
  const auto put = [](std::vector<Result> results, const std::string& folder) {
    for (std::size_t i = 0; i < results.size(); ++i)
      results[i].metadata.path =
          folder + "/ex" + std::to_string(i / 4) + "/" + std::to_string(i) + ".dcm";
    return results;
  };
  auto reference = put(Month(200, 29), "/ref/A");
  for (const auto& r : put(Month(200, 30, 20), "/ref/B")) reference.push_back(r);
  const auto names = [](const Drift& drift) {
    std::vector<std::string> sites;
    for (const auto& group : drift.groups) {
      if (group.name.starts_with("site ")) sites.push_back(group.name);
    }
    return sites;
  };
  const Drift drift = CompareResults(reference, put(Month(200, 29), "/now/A"), {});
  EXPECT_THAT(names(drift), ElementsAre("site A", "site B"));
  EXPECT_THAT(drift.warnings, IsEmpty());
  EXPECT_TRUE(drift.groups[0].changed()) << "without site B the percents are lower";
  const DriftGroup& a = drift.groups[drift.groups.size() - 2];
  EXPECT_EQ(a.now, 200u);
  EXPECT_FALSE(a.changed());
  EXPECT_THAT(drift.groups.back().undefined, HasSubstr("fewer than 50 files"));

  const Drift unmatched = CompareResults(reference, put(Month(200, 29), "/now/june"), {});
  EXPECT_THAT(names(unmatched), IsEmpty());
  EXPECT_THAT(unmatched.warnings, ElementsAre(HasSubstr("sites could not be matched")));
}

TEST(Drift, ReadsResultsOfPredict) {
  const testing_support::ScratchFolder folder;
  WriteFileAtomically(folder / "results.json", ResultsJson(Month(120, 11), {}, {}));
  const auto read = ReadResults(folder / "results.json");
  ASSERT_EQ(read.size(), 120u);
  const Drift drift = CompareResults(read, Month(120, 12, 15), {});
  EXPECT_TRUE(DriftToJson(drift).at("changed").get<bool>());
  EXPECT_EQ(read[0].model, "");
  WriteFileAtomically(
      folder / "named.json",
      ResultsJson(Month(2, 13), {},
                  {{"name", "m"}, {"version", "1"}, {"calibrated", true}, {"calibration", "s"}}));
  EXPECT_EQ(ReadResults(folder / "named.json").at(1).model, "m 1, calibrated: s");
  WriteFileAtomically(folder / "other.json", std::string_view("{\"schema\": \"x\"}"));
  EXPECT_THROW(ReadResults(folder / "other.json"), Error);
}

}  // namespace
}  // namespace mhcnn
