#include "mhcnn/results/study_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::ElementsAre;

MammogramMetadata Metadata(const std::string& path, const std::string& study = "1.2") {
  MammogramMetadata metadata;
  metadata.path = path;
  metadata.study_uid = study;
  return metadata;
}

/// The names of the exams of some files, each with the paths of its files.
std::vector<std::string> Exams(const std::vector<MammogramMetadata>& files,
                               StudyBy by = StudyBy::kAuto) {
  std::vector<Result> results(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) results[i].metadata = files[i];
  std::vector<std::string> exams;
  for (const auto& group : GroupStudies(results, by)) {
    std::string text = group.name + ":";
    for (const auto* image : group.images) text += " " + image->metadata.path;
    exams.push_back(text + (group.mixed ? " mixed" : ""));
  }
  return exams;
}

TEST(StudyGroups, FilesOfOneStudyUidAreOneExamInTheirOrder) {
  EXPECT_THAT(Exams({Metadata("c"), Metadata("z", "1.1"), Metadata("a"), Metadata("b")}),
              ElementsAre("1.1: z", "1.2: c a b"));
}

TEST(StudyGroups, WithoutUidPatientAndDateMakeTheExam) {
  MammogramMetadata first = Metadata("a", ""), second = Metadata("b", ""),
                    alone = Metadata("c", "");
  for (auto* metadata : {&first, &second}) {
    metadata->patient_id = "P";
    metadata->study_date = "20240131";
  }
  alone.patient_id = "P";
  EXPECT_THAT(Exams({first, alone, second}), ElementsAre("P 20240131: a b", "c: c"));
}

TEST(StudyGroups, FolderKeepsSeveralPatientsTogetherAndSaysSo) {
  MammogramMetadata first = Metadata("x/a", "1"), second = Metadata("x/b", "2"),
                    other = Metadata("y/c");
  first.patient_id = "P1";
  second.patient_id = "P2";
  EXPECT_THAT(Exams({first, second, other}, StudyBy::kFolder),
              ElementsAre("x: x/a x/b mixed", "y: y/c"));
}

TEST(StudyGroups, PatientsUnderOneUidAreSeparateExams) {
  MammogramMetadata first = Metadata("a"), second = Metadata("b"), again = Metadata("c");
  first.patient_id = again.patient_id = "P1";
  second.patient_id = "P2";
  EXPECT_THAT(Exams({first, second, again}),
              ElementsAre("1.2 / P1: a c mixed", "1.2 / P2: b mixed"));
  // A file that states no patient may be of either, and is by itself.
  EXPECT_THAT(Exams({first, second, Metadata("d")}),
              ElementsAre("1.2 / P1: a mixed", "1.2 / P2: b mixed", "1.2 / d: d mixed"));
  // Of one patient alone, it is of that one.
  EXPECT_THAT(Exams({first, Metadata("d")}), ElementsAre("1.2: a d"));
}

TEST(StudyGroups, AcquisitionsADayApartAreOneExamAndTwoDaysApartAreTwo) {
  const auto apart = [](const std::string& first, const std::string& second,
                        const std::string& date) {
    MammogramMetadata a = Metadata("a"), b = Metadata("b");
    a.study_date = b.study_date = date;
    a.patient.acquisition_date = first;
    b.patient.acquisition_date = second;
    return AreFromDifferentExams(a, b);
  };
  EXPECT_FALSE(apart("20240228", "20240229", ""));
  EXPECT_FALSE(apart("20231231", "20240101", ""));
  EXPECT_TRUE(apart("20240228", "20240301", ""));   // 2024 has a February 29
  EXPECT_FALSE(apart("20230228", "20230301", ""));  // and 2023 has none
  // Where both state the study date, 30 days.
  EXPECT_FALSE(apart("20240101", "20240131", "20240101"));
  EXPECT_TRUE(apart("20240101", "20240201", "20240101"));
}

TEST(StudyGroups, MissingValueDoesNotSplitStudy) {
  MammogramMetadata bare = Metadata("a"), full = Metadata("b");
  full.patient_id = "P";
  full.study_date = "20240101";
  full.patient.issuer = "hospital";
  full.patient.birth = HashBirthDate("19500101");
  full.patient.sex = "F";
  full.patient.names = HashNameParts("DOE^ANN");
  EXPECT_FALSE(AreFromDifferentExams(bare, full));
  EXPECT_FALSE(AreFromDifferentExams(full, full));
  MammogramMetadata other = full;
  other.patient_id = " p ";  // blanks and capitals are spelling
  EXPECT_FALSE(AreFromDifferentExams(full, other));
  other.patient.sex = "M";
  EXPECT_TRUE(AreFromDifferentExams(full, other));
}

}  // namespace
}  // namespace mhcnn
