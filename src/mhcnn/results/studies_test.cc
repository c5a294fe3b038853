#include "mhcnn/results/studies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/csv.h"

namespace mhcnn {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Result Image(Laterality side, View view, double percent, std::array<double, 4> p,
             std::vector<std::string> flags = {}) {
  Result r;
  r.metadata.study_uid = "1.2.3";
  r.metadata.path = "x/" + std::to_string(percent) + ".dcm";
  r.metadata.laterality = side;
  r.metadata.view = view;
  r.percent_density = percent;
  r.percent_strands = percent / 2;
  r.dense_area_cm2 = percent;
  r.breast_area_cm2 = 100;
  r.category = DensityCategory::kA;
  r.probabilities = p;
  r.flags = std::move(flags);
  r.model = "m 1";
  return r;
}

constexpr auto L = Laterality::kLeft, R = Laterality::kRight;
constexpr std::array<double, 4> kB = {0.2, 0.6, 0.1, 0.1}, kC = {0.1, 0.2, 0.6, 0.1};

TEST(Studies, BreastsAreMeansAndDenserBreastDecides) {
  const auto studies = MakeStudies({Image(L, View::kCC, 20, kB), Image(L, View::kMLO, 24, kB),
                                    Image(R, View::kCC, 30, kC), Image(R, View::kMLO, 26, kB)},
                                   StudyBy::kAuto);
  ASSERT_EQ(studies.size(), 1u);
  const StudyResult& s = studies[0];
  EXPECT_DOUBLE_EQ(*s.left->percent_density, 22);
  EXPECT_DOUBLE_EQ(*s.right->percent_density, 28);
  EXPECT_DOUBLE_EQ(*s.percent_density, 25);
  EXPECT_DOUBLE_EQ(*s.left->percent_strands, 11);
  EXPECT_DOUBLE_EQ(*s.percent_strands, 12.5);
  EXPECT_DOUBLE_EQ(*s.left_right, -6);
  EXPECT_DOUBLE_EQ(*s.view_difference, -4);  // of -4 and 4 the first
  EXPECT_EQ(s.left->category, DensityCategory::kB);
  // Right: (0.15, 0.4, 0.35, 0.1) is b as well, and its percent is higher.
  EXPECT_EQ(*s.category, DensityCategory::kB);
  EXPECT_NEAR(s.probabilities[2], 0.35, 1e-12);
  EXPECT_THAT(s.missing, IsEmpty());
  EXPECT_THAT(s.flags, IsEmpty());
  EXPECT_EQ(s.used, 4);
}

TEST(Studies, HigherCategoryDecides) {
  const auto s =
      MakeStudies({Image(L, View::kCC, 10, kC), Image(R, View::kCC, 30, kB)}, StudyBy::kAuto)[0];
  EXPECT_EQ(*s.category, DensityCategory::kC);
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

TEST(Studies, IntervalIsMeanOfEnds) {
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

TEST(Studies, StandardViewsPrecedeSpecialViews) {
  const auto spot = Image(L, View::kCC, 80, kC, {"spot_view"});
  const auto s = MakeStudies({Image(L, View::kCC, 20, kB), spot}, StudyBy::kAuto)[0];
  EXPECT_DOUBLE_EQ(*s.left->percent_density, 20);
  EXPECT_EQ(s.used, 1);
  EXPECT_THAT(s.flags, ElementsAre("spot_view", "special_views_left_out"));
  const auto alone = MakeStudies({spot}, StudyBy::kAuto)[0];
  EXPECT_DOUBLE_EQ(*alone.percent_density, 80);
  EXPECT_THAT(alone.flags, ElementsAre("spot_view", "only_special_views"));
}

TEST(Studies, ExcludesDerivedImagesFromAverage) {
  const auto original = Image(L, View::kCC, 20, kB);
  for (const char* flag : {"secondary_capture", "unlike_mammogram"}) {
    const auto page = Image(L, View::kUnknown, 80, kC, {flag});
    const auto s = MakeStudies({original, page}, StudyBy::kAuto)[0];
    EXPECT_DOUBLE_EQ(*s.left->percent_density, 20) << flag;
    EXPECT_THAT(s.flags, Contains("special_views_left_out"));
    EXPECT_DOUBLE_EQ(*MakeStudies({page}, StudyBy::kAuto)[0].percent_density, 80) << flag;
  }
  // A view of which there is no original counts, and so do all of an exam of captures.
  const auto only = Image(L, View::kMLO, 40, kB, {"secondary_capture"});
  EXPECT_DOUBLE_EQ(*MakeStudies({original, only}, StudyBy::kAuto)[0].left->percent_density, 30);
  const auto film = Image(L, View::kMLO, 40, kB, {"secondary_capture"}),
             other = Image(L, View::kCC, 20, kB, {"secondary_capture"});
  EXPECT_DOUBLE_EQ(*MakeStudies({film, other}, StudyBy::kAuto)[0].percent_density, 30);
}

TEST(Studies, SpecialViewsDoNotMakeAnExamComplete) {
  const auto s = MakeStudies({Image(L, View::kCC, 20, kB, {"spot_view"}),
                              Image(L, View::kMLO, 20, kB, {"magnification_view"}),
                              Image(R, View::kCC, 20, kB), Image(R, View::kMLO, 20, kB)},
                             StudyBy::kAuto)[0];
  EXPECT_THAT(s.missing, ElementsAre("L-CC", "L-MLO"));
}

TEST(Studies, ViewsWithTheImplantDisplacedPrecedeThoseItCovers) {
  const std::vector<std::string> covered = {"implant"},
                                 displaced = {"implant", "implant_displaced"};
  const auto s =
      MakeStudies({Image(L, View::kCC, 50, kC, covered), Image(L, View::kCC, 20, kB, displaced),
                   Image(L, View::kMLO, 60, kC, covered), Image(L, View::kMLO, 24, kB, displaced)},
                  StudyBy::kAuto)[0];
  EXPECT_DOUBLE_EQ(*s.left->percent_density, 22);
  EXPECT_THAT(s.missing, ElementsAre("R-CC", "R-MLO"));
  EXPECT_THAT(s.flags, Contains("special_views_left_out"));
  // The views tell of the implant by themselves.
  const auto untold =
      MakeStudies({Image(L, View::kCC, 50, kC), Image(L, View::kCC, 20, kB, {"implant_displaced"})},
                  StudyBy::kAuto)[0];
  EXPECT_DOUBLE_EQ(*untold.left->percent_density, 20);
  // With a spot view displaced alone, the covered views stay.
  const auto spot = MakeStudies({Image(L, View::kCC, 50, kC, covered),
                                 Image(L, View::kCC, 20, kB, {"implant_displaced", "spot_view"})},
                                StudyBy::kAuto)[0];
  EXPECT_DOUBLE_EQ(*spot.left->percent_density, 50);
}

TEST(Studies, ConvertedRawImageStaysOutBesideItsViewForPresentation) {
  const auto raw = Image(L, View::kCC, 36, kC, {"raw_converted"});
  const auto duplicate = MakeStudies({Image(L, View::kCC, 20, kB), raw}, StudyBy::kAuto)[0];
  EXPECT_DOUBLE_EQ(*duplicate.left->percent_density, 20);
  EXPECT_EQ(duplicate.used, 1);
  EXPECT_DOUBLE_EQ(
      *MakeStudies({Image(L, View::kMLO, 20, kB), raw}, StudyBy::kAuto)[0].left->percent_density,
      28);
}

TEST(Studies, SideOfTheFigures) {
  const auto side = [](const std::vector<Laterality>& sides) {
    std::vector<Result> images;
    for (const auto one : sides) images.push_back(Image(one, View::kCC, 20, kB));
    return FindExamSide(MakeStudies(images, StudyBy::kAuto)[0]);
  };
  constexpr auto kNone = Laterality::kUnknown;
  EXPECT_EQ(side({L}), ExamSide::kLeft);
  EXPECT_EQ(side({R}), ExamSide::kRight);
  EXPECT_EQ(side({L, R}), ExamSide::kBoth);
  EXPECT_EQ(side({kNone}), ExamSide::kNone);
  EXPECT_EQ(side({L, kNone}), ExamSide::kNone);
  EXPECT_EQ(FindExamSide({}), ExamSide::kNone);
}

TEST(Studies, CountsFailuresAndExamOfFailuresIsError) {
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

TEST(Studies, UnknownSideIsSeparateBreast) {
  const auto s = MakeStudies(
      {Image(L, View::kCC, 10, kB), Image(Laterality::kUnknown, View::kUnknown, 30, kB)},
      StudyBy::kAuto)[0];
  EXPECT_DOUBLE_EQ(*s.percent_density, 20);
  EXPECT_THAT(s.flags, Contains("side_unknown"));
  const auto rows = ParseCsv(StudiesCsv({s}));
  EXPECT_EQ(rows[0], StudyColumns());
  ASSERT_EQ(rows[1].size(), StudyColumns().size());
  EXPECT_EQ(rows[1][5], "L-CC;?-?");
  EXPECT_EQ(rows[0].back(), "percent_strands");
  EXPECT_EQ(rows[1].back(), "10.0");
  EXPECT_EQ(StudyToJson(s)["percent_strands"], 10);
  EXPECT_EQ(StudyToJson(s)["left"]["percent_strands"], 5);
}

TEST(StudyKey, UidThenPatientAndDateThenFile) {
  MammogramMetadata metadata;
  metadata.path = "a/b/c.png";
  EXPECT_EQ(StudyKey(metadata, StudyBy::kAuto), "a/b/c.png");
  EXPECT_EQ(StudyKey(metadata, StudyBy::kFolder), "a/b");
  metadata.patient_id = "P1";
  EXPECT_EQ(StudyKey(metadata, StudyBy::kAuto), "a/b/c.png");
  metadata.study_date = "20250101";
  EXPECT_EQ(StudyKey(metadata, StudyBy::kAuto), "P1 20250101");
  metadata.study_uid = "1.2";
  EXPECT_EQ(StudyKey(metadata, StudyBy::kAuto), "1.2");
}

/// The names of exams that these metadata make, one file each.
std::vector<std::string> Names(const std::vector<MammogramMetadata>& files,
                               StudyBy by = StudyBy::kAuto) {
  std::vector<Result> results;
  for (const auto& metadata : files) {
    results.push_back(Image(L, View::kCC, static_cast<double>(results.size()), kB));
    const std::string path = results.back().metadata.path;
    results.back().metadata = metadata;
    results.back().metadata.study_uid = "1.2";
    results.back().metadata.path = path;
  }
  std::vector<std::string> names;
  for (const auto& study : MakeStudies(results, by)) {
    names.push_back(study.study);
    const bool flagged = std::ranges::count(study.flags, "study_mixed") == 1;
    EXPECT_EQ(flagged, study.study != "1.2" || by == StudyBy::kFolder);
  }
  return names;
}

MammogramMetadata Of(const std::string& id, const std::string& date = "",
                     PatientIdentity marks = {}) {
  MammogramMetadata metadata;
  metadata.patient_id = id;
  metadata.study_date = date;
  metadata.patient = std::move(marks);
  return metadata;
}

TEST(StudyMixed, SplitsPatientsAndDatesUnderOneUid) {
  EXPECT_THAT(Names({Of("P1"), Of("P2"), Of("P1")}), ElementsAre("1.2 / P1", "1.2 / P2"));
  EXPECT_THAT(Names({Of("P1", "20200102"), Of("P1", "20210102")}),
              ElementsAre("1.2 / 20200102", "1.2 / 20210102"));
  EXPECT_THAT(Names({Of("1", "", {.issuer = "A"}), Of("1", "", {.issuer = "B"})}),
              ElementsAre("1.2 / A", "1.2 / B"));
  EXPECT_THAT(Names({Of("1", "", {.birth = HashBirthDate("19500101")}),
                     Of("1", "", {.birth = HashBirthDate("1960.01.01")})}),
              ElementsAre("1.2 / patient 1", "1.2 / patient 2"));
  EXPECT_THAT(Names({Of("1", "", {.sex = "F"}), Of("1", "", {.sex = "M"})}).size(), 2u);
  EXPECT_THAT(Names({Of("", "", {.names = HashNameParts("DOE^ANN")}),
                     Of("", "", {.names = HashNameParts("ROE^EVE")})})
                  .size(),
              2u);
  EXPECT_THAT(Names({Of("", "", {.acquisition_date = "20200101"}),
                     Of("", "", {.acquisition_date = "20220101"})}),
              ElementsAre("1.2 / 20200101", "1.2 / 20220101"));
  EXPECT_THAT(Names({Of("P1"), Of("P2")}, StudyBy::kFolder), ElementsAre("x"));
}

TEST(StudyMixed, MissingValuesAndSpellingKeepPatient) {
  const auto one = ElementsAre("1.2");
  EXPECT_THAT(Names({Of("P1"), Of("p1 "), Of(""), Of("P1", "20200102"), Of("P1", "2020.01.02")}),
              one);
  EXPECT_THAT(Names({Of("P1", "", {.issuer = "A"}), Of("P1"), Of("", "", {.issuer = "A"})}), one);
  EXPECT_THAT(Names({Of("1", "", {.names = HashNameParts("Doe^Ann")}),
                     Of("1", "", {.names = HashNameParts("ROE^ANN^^")})}),
              one)
      << "a name changed by marriage";
  const std::string born = HashBirthDate("19500101");
  EXPECT_THAT(Names({Of("1", "", {.birth = born, .names = HashNameParts("DOE^ANN")}),
                     Of("1", "", {.birth = born, .names = HashNameParts("X^Y")})}),
              one);
  EXPECT_THAT(
      Names({Of("1", "", {.birth = HashBirthDate("19000101")}), Of("1", "", {.birth = born})}),
      one);
  EXPECT_THAT(Names({Of("", "", {.acquisition_date = "20191231"}),
                     Of("", "", {.acquisition_date = "20200101"})}),
              one)
      << "past midnight";
}

TEST(StudyMixed, AmbiguousFileIsSeparateExam) {
  EXPECT_THAT(Names({Of(""), Of("P1"), Of("P2")}),
              ElementsAre("1.2 / P1", "1.2 / P2", "1.2 / x/0.000000.dcm"));
  // One that lacks the ID and contradicts all but one exam is of that one.
  EXPECT_THAT(Names({Of("", "20200102"), Of("P1", "20200102"), Of("P2", "20210102")}),
              ElementsAre("1.2 / P1 20200102", "1.2 / P2 20210102"));
}

TEST(StudyMixed, FiguresAreOfOnePatient) {
  auto a = Image(L, View::kCC, 10, kB), b = Image(R, View::kCC, 50, kC);
  a.metadata.patient_id = "A";
  b.metadata.patient_id = "B";
  const auto studies = MakeStudies({a, b}, StudyBy::kAuto);
  ASSERT_EQ(studies.size(), 2u);
  EXPECT_DOUBLE_EQ(*studies[0].percent_density, 10);
  EXPECT_DOUBLE_EQ(*studies[1].percent_density, 50);
  EXPECT_EQ(studies[1].patient_id, "B");
  EXPECT_THAT(studies[1].flags, ElementsAre("study_mixed"));
}

}  // namespace
}  // namespace mhcnn
