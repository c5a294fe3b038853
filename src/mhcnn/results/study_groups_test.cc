#include "mhcnn/results/study_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::ElementsAre;

MammogramMetadata Facts(const std::string& path, const std::string& study = "1.2") {
  MammogramMetadata facts;
  facts.path = path;
  facts.study_uid = study;
  return facts;
}

/// The names of the exams of some files, each with the paths of its files.
std::vector<std::string> Exams(const std::vector<MammogramMetadata>& files,
                               StudyBy by = StudyBy::kAuto) {
  std::vector<Result> results(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) results[i].facts = files[i];
  std::vector<std::string> exams;
  for (const auto& group : GroupStudies(results, by)) {
    std::string text = group.name + ":";
    for (const auto* image : group.images) text += " " + image->facts.path;
    exams.push_back(text + (group.mixed ? " mixed" : ""));
  }
  return exams;
}

TEST(StudyGroups, FilesOfOneStudyUidAreOneExamInTheirOrder) {
  EXPECT_THAT(Exams({Facts("c"), Facts("z", "1.1"), Facts("a"), Facts("b")}),
              ElementsAre("1.1: z", "1.2: c a b"));
}

TEST(StudyGroups, WithoutUidPatientAndDateMakeTheExam) {
  MammogramMetadata first = Facts("a", ""), second = Facts("b", ""), alone = Facts("c", "");
  for (auto* facts : {&first, &second}) {
    facts->patient_id = "P";
    facts->study_date = "20240131";
  }
  alone.patient_id = "P";
  EXPECT_THAT(Exams({first, alone, second}), ElementsAre("P 20240131: a b", "c: c"));
}

TEST(StudyGroups, FolderKeepsSeveralPatientsTogetherAndSaysSo) {
  MammogramMetadata first = Facts("x/a", "1"), second = Facts("x/b", "2"), other = Facts("y/c");
  first.patient_id = "P1";
  second.patient_id = "P2";
  EXPECT_THAT(Exams({first, second, other}, StudyBy::kFolder),
              ElementsAre("x: x/a x/b mixed", "y: y/c"));
}

TEST(StudyGroups, PatientsUnderOneUidAreSeparateExams) {
  MammogramMetadata first = Facts("a"), second = Facts("b"), again = Facts("c");
  first.patient_id = again.patient_id = "P1";
  second.patient_id = "P2";
  EXPECT_THAT(Exams({first, second, again}),
              ElementsAre("1.2 / P1: a c mixed", "1.2 / P2: b mixed"));
  // A file that states no patient may be of either, and is by itself.
  EXPECT_THAT(Exams({first, second, Facts("d")}),
              ElementsAre("1.2 / P1: a mixed", "1.2 / P2: b mixed", "1.2 / d: d mixed"));
  // Of one patient alone, it is of that one.
  EXPECT_THAT(Exams({first, Facts("d")}), ElementsAre("1.2: a d"));
}

TEST(StudyGroups, AcquisitionsADayApartAreOneExamAndTwoDaysApartAreTwo) {
  const auto apart = [](const std::string& first, const std::string& second,
                        const std::string& date) {
    MammogramMetadata a = Facts("a"), b = Facts("b");
    a.study_date = b.study_date = date;
    a.patient.acquisition_date = first;
    b.patient.acquisition_date = second;
    return AreOfTwoExams(a, b);
  };
  EXPECT_FALSE(apart("20240228", "20240229", ""));
  EXPECT_FALSE(apart("20231231", "20240101", ""));
  EXPECT_TRUE(apart("20240228", "20240301", ""));   // 2024 has a February 29
  EXPECT_FALSE(apart("20230228", "20230301", ""));  // and 2023 has none
  // Where both state the study date, 30 days.
  EXPECT_FALSE(apart("20240101", "20240131", "20240101"));
  EXPECT_TRUE(apart("20240101", "20240201", "20240101"));
}

TEST(StudyGroups, WhatOneFileDoesNotStateTellsNothing) {
  MammogramMetadata bare = Facts("a"), full = Facts("b");
  full.patient_id = "P";
  full.study_date = "20240101";
  full.patient.issuer = "hospital";
  full.patient.birth = BirthHash("19500101");
  full.patient.sex = "F";
  full.patient.names = NameHashes("DOE^ANN");
  EXPECT_FALSE(AreOfTwoExams(bare, full));
  EXPECT_FALSE(AreOfTwoExams(full, full));
  MammogramMetadata other = full;
  other.patient_id = " p ";  // blanks and capitals are spelling
  EXPECT_FALSE(AreOfTwoExams(full, other));
  other.patient.sex = "M";
  EXPECT_TRUE(AreOfTwoExams(full, other));
}

}  // namespace
}  // namespace mhcnn
