#include "analyze/studies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/csv.h"

namespace mhcnn {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Result Image(Laterality side, View view, double percent, std::array<double, 4> p,
             std::vector<std::string> flags = {}) {
  Result r;
  r.facts.study_uid = "1.2.3";
  r.facts.path = "x/" + std::to_string(percent) + ".dcm";
  r.facts.laterality = side;
  r.facts.view = view;
  r.percent_density = percent;
  r.dense_area_cm2 = percent;
  r.breast_area_cm2 = 100;
  r.category = 0;
  r.probabilities = p;
  r.flags = std::move(flags);
  r.model = "m 1";
  return r;
}

constexpr auto L = Laterality::kLeft, R = Laterality::kRight;
constexpr std::array<double, 4> kB = {0.2, 0.6, 0.1, 0.1}, kC = {0.1, 0.2, 0.6, 0.1};

TEST(Studies, BreastsAreMeansOfViewsAndTheDenserDecides) {
  const auto studies = MakeStudies({Image(L, View::kCC, 20, kB), Image(L, View::kMLO, 24, kB),
                                    Image(R, View::kCC, 30, kC), Image(R, View::kMLO, 26, kB)},
                                   StudyBy::kAuto);
  ASSERT_EQ(studies.size(), 1u);
  const StudyResult& s = studies[0];
  EXPECT_DOUBLE_EQ(*s.left->percent_density, 22);
  EXPECT_DOUBLE_EQ(*s.right->percent_density, 28);
  EXPECT_DOUBLE_EQ(*s.percent_density, 25);
  EXPECT_DOUBLE_EQ(*s.left_right, -6);
  EXPECT_DOUBLE_EQ(*s.view_difference, -4);  // of -4 and 4 the first
  EXPECT_EQ(s.left->category, 1);
  // Right: (0.15, 0.4, 0.35, 0.1) is b as well, and its percent is higher.
  EXPECT_EQ(*s.category, 1);
  EXPECT_NEAR(s.probabilities[2], 0.35, 1e-12);
  EXPECT_THAT(s.missing, IsEmpty());
  EXPECT_THAT(s.flags, IsEmpty());
  EXPECT_EQ(s.used, 4);
}

TEST(Studies, TheHigherCategoryDecidesEvenAtALowerPercent) {
  const auto s =
      MakeStudies({Image(L, View::kCC, 10, kC), Image(R, View::kCC, 30, kB)}, StudyBy::kAuto)[0];
  EXPECT_EQ(*s.category, 2);
  EXPECT_THAT(s.missing, ElementsAre("L-MLO", "R-MLO"));
  EXPECT_THAT(s.flags, ElementsAre("breasts_differ"));
}

TEST(Studies, RepeatedViewsCountOnceAndDisagreementIsFlagged) {
  const auto s = MakeStudies(
      {Image(L, View::kCC, 10, kB), Image(L, View::kCC, 20, kB), Image(L, View::kMLO, 45, kB)},
      StudyBy::kAuto)[0];
  EXPECT_DOUBLE_EQ(*s.left->percent_density, (15 + 45) / 2.0);
  EXPECT_DOUBLE_EQ(*s.left->dense_area_cm2, 30);
  EXPECT_DOUBLE_EQ(*s.view_difference, -30);
  EXPECT_THAT(s.flags, ElementsAre("views_disagree"));
}

TEST(Studies, IntervalIsTheMeanOfTheEnds) {
  auto cc = Image(L, View::kCC, 10, kB), mlo = Image(L, View::kMLO, 20, kB),
       right = Image(R, View::kCC, 30, kB);
  EXPECT_FALSE(MakeStudies({cc, mlo, right}, StudyBy::kAuto)[0].percent_low);
  cc.percent_low = 4, cc.percent_high = 30;
  mlo.percent_low = 8, mlo.percent_high = 40;
  right.percent_low = 20, right.percent_high = 45;
  const auto s = MakeStudies({cc, mlo, right}, StudyBy::kAuto)[0];
  EXPECT_DOUBLE_EQ(*s.left->percent_low, 6);
  EXPECT_DOUBLE_EQ(*s.left->percent_high, 35);
  EXPECT_DOUBLE_EQ(*s.percent_low, 13);
  EXPECT_DOUBLE_EQ(*s.percent_high, 40);
  const auto rows = ParseCsv(StudiesCsv({s}));
  const auto column = std::ranges::find(rows[0], "percent_low") - rows[0].begin();
  EXPECT_EQ(rows[1][static_cast<std::size_t>(column)], "13.0");
  EXPECT_EQ(StudyToJson(s)["percent_high"], 40);
}

TEST(Studies, SpecialViewsStepBackForStandardOnes) {
  const auto spot = Image(L, View::kCC, 80, kC, {"spot_view"});
  const auto s = MakeStudies({Image(L, View::kCC, 20, kB), spot}, StudyBy::kAuto)[0];
  EXPECT_DOUBLE_EQ(*s.left->percent_density, 20);
  EXPECT_EQ(s.used, 1);
  EXPECT_THAT(s.flags, ElementsAre("spot_view", "special_views_left_out"));
  const auto alone = MakeStudies({spot}, StudyBy::kAuto)[0];
  EXPECT_DOUBLE_EQ(*alone.percent_density, 80);
  EXPECT_THAT(alone.flags, ElementsAre("spot_view", "only_special_views"));
}

TEST(Studies, FailuresAreCountedAndAnExamOfNothingButThemIsAnError) {
  Result bad = Image(L, View::kCC, 0, kB);
  bad.percent_density.reset();
  bad.category.reset();
  bad.error = "corrupt: is cut short";
  const auto mixed = MakeStudies({bad, Image(R, View::kCC, 12, kB)}, StudyBy::kAuto)[0];
  EXPECT_EQ(mixed.failed, 1);
  EXPECT_FALSE(mixed.left);
  EXPECT_DOUBLE_EQ(*mixed.percent_density, 12);
  const auto none = MakeStudies({bad}, StudyBy::kAuto)[0];
  EXPECT_THAT(none.error, HasSubstr("corrupt: is cut short"));
  EXPECT_FALSE(none.category);
}

TEST(Studies, UnknownSidesAreABreastOfTheirOwn) {
  const auto s = MakeStudies(
      {Image(L, View::kCC, 10, kB), Image(Laterality::kUnknown, View::kUnknown, 30, kB)},
      StudyBy::kAuto)[0];
  EXPECT_DOUBLE_EQ(*s.percent_density, 20);
  EXPECT_THAT(s.flags, Contains("side_unknown"));
  const auto rows = ParseCsv(StudiesCsv({s}));
  EXPECT_EQ(rows[0], StudyColumns());
  ASSERT_EQ(rows[1].size(), StudyColumns().size());
  EXPECT_EQ(rows[1][5], "L-CC;?-?");
}

TEST(StudyKey, UidThenPatientAndDateThenFile) {
  MammogramFacts facts;
  facts.path = "a/b/c.png";
  EXPECT_EQ(StudyKey(facts, StudyBy::kAuto), "a/b/c.png");
  EXPECT_EQ(StudyKey(facts, StudyBy::kFolder), "a/b");
  facts.patient_id = "P1";
  EXPECT_EQ(StudyKey(facts, StudyBy::kAuto), "a/b/c.png");
  facts.study_date = "20250101";
  EXPECT_EQ(StudyKey(facts, StudyBy::kAuto), "P1 20250101");
  facts.study_uid = "1.2";
  EXPECT_EQ(StudyKey(facts, StudyBy::kAuto), "1.2");
}

}  // namespace
}  // namespace mhcnn
