#include "mhcnn/evaluate/result_sites.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

/// `count` files of exams of four below a folder, or all of them in it.
void Add(std::vector<Result>& run, const std::string& folder, int count, bool exams = true) {
  for (int i = 0; i < count; ++i) {
    Result r;
    r.metadata.path = folder + (exams ? "/ex" + std::to_string(i / 4) : std::string()) + "/" +
                      std::to_string(i) + ".dcm";
    run.push_back(r);
  }
}

std::vector<Result> MakeRun(const std::map<std::string, int>& folders, bool exams = true) {
  std::vector<Result> run;
  for (const auto& [folder, count] : folders) Add(run, folder, count, exams);
  return run;
}

/// Number of files by site; "-" where a file has none.
std::map<std::string, int> CountSites(const std::vector<std::optional<std::string>>& sites) {
  std::map<std::string, int> counts;
  for (const auto& site : sites) ++counts[site.value_or("-")];
  return counts;
}

TEST(MatchSites, SitesOfBothRunsMeetByName) {
  const auto sites = MatchSites(MakeRun({{"/ref/A", 80}, {"/ref/B", 60}}),
                                MakeRun({{"/now/A", 100}, {"/now/B", 8}, {"/now/C", 8}}), 50);
  EXPECT_THAT(CountSites(sites.reference), ElementsAre(Pair("A", 80), Pair("B", 60)));
  EXPECT_THAT(CountSites(sites.now), ElementsAre(Pair("-", 8), Pair("A", 100), Pair("B", 8)))
      << "C has too few files in both";
  EXPECT_EQ(sites.problem, "");
}

TEST(MatchSites, AMonthOfOneSiteHasTheNameOfItsFolder) {
  // The folder of all its files is /now/A. Each exam has a folder in it.
  const auto both = MakeRun({{"/ref/A", 80}, {"/ref/B", 60}});
  const auto one = MakeRun({{"/now/A", 100}});
  auto sites = MatchSites(both, one, 50);
  EXPECT_THAT(CountSites(sites.reference), ElementsAre(Pair("A", 80), Pair("B", 60)));
  EXPECT_THAT(CountSites(sites.now), ElementsAre(Pair("A", 100)));
  EXPECT_EQ(sites.problem, "");
  sites = MatchSites(one, both, 50);
  EXPECT_THAT(CountSites(sites.reference), ElementsAre(Pair("A", 100)));
  EXPECT_THAT(CountSites(sites.now), ElementsAre(Pair("A", 80), Pair("B", 60)));
  sites = MatchSites(both, MakeRun({{"A", 60}}, false), 50);
  EXPECT_THAT(CountSites(sites.now), ElementsAre(Pair("A", 60))) << "a path that is not absolute";
}

TEST(MatchSites, OneSiteOnBothSidesIsNotDivided) {
  for (const bool exams : {true, false}) {
    const auto sites =
        MatchSites(MakeRun({{"/ref/A", 80}}, exams), MakeRun({{"/now/B", 80}}, exams), 50);
    EXPECT_THAT(CountSites(sites.reference), ElementsAre(Pair("-", 80)));
    EXPECT_THAT(CountSites(sites.now), ElementsAre(Pair("-", 80)));
    EXPECT_EQ(sites.problem, "");
  }
}

TEST(MatchSites, ReportsUnmatchedSites) {
  const auto two = MakeRun({{"/ref/A", 80}, {"/ref/B", 60}});
  auto sites = MatchSites(two, MakeRun({{"/now/C", 80}, {"/now/D", 80}}), 50);
  EXPECT_THAT(CountSites(sites.reference), ElementsAre(Pair("-", 140)));
  EXPECT_THAT(CountSites(sites.now), ElementsAre(Pair("-", 160)));
  EXPECT_THAT(sites.problem, HasSubstr("could not be matched"));
  EXPECT_THAT(sites.problem, HasSubstr("the reference has A, B; now there is C, D"));
  sites = MatchSites(two, MakeRun({{"/data/june", 80}}), 50);
  EXPECT_THAT(sites.problem,
              HasSubstr("the reference has A, B; now there is only the folder 'june'"));
}

TEST(MatchSites, EmptyRunsHaveNoSites) {
  EXPECT_THAT(MatchSites({}, {}, 50).reference, IsEmpty());
  EXPECT_EQ(MatchSites({}, MakeRun({{"/now/A", 80}}), 50).problem, "");
}

}  // namespace
}  // namespace mhcnn
