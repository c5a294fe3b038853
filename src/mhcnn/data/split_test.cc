#include "mhcnn/data/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/data/manifest.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

TEST(Split, KeepsPatientsTogetherAndStrata) {
  std::vector<Sample> samples;
  for (int p = 0; p < 200; ++p) {
    for (int view = 0; view < 4; ++view) {
      Sample s;
      s.image = "i" + std::to_string(p * 4 + view);
      s.patient_id = "p" + std::to_string(p);
      s.category = CategoryFromIndex(p % 4);
      samples.push_back(s);
    }
  }
  auto again = samples;
  SplitByPatient(samples, 0.2, 0.1, 5);
  SplitByPatient(again, 0.2, 0.1, 5);
  std::map<std::string, std::set<std::string>> splits;
  std::map<std::string, int> counts;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(samples[i].split, again[i].split);
    splits[samples[i].patient_id].insert(samples[i].split);
    ++counts[samples[i].split + ToLetter(samples[i].category)];
  }
  for (const auto& [patient, of] : splits) EXPECT_EQ(of.size(), 1u) << patient;
  for (const DensityCategory c : kDensityCategories) {
    EXPECT_EQ(counts["val" + ToLetter(c)], 40);
    EXPECT_EQ(counts["test" + ToLetter(c)], 20);
  }
}

TEST(Split, ImagesOfAStudyStayTogetherWithoutAPatient) {
  std::vector<Sample> samples(40);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].image = "i" + std::to_string(i);
    samples[i].study_id = "s" + std::to_string(i / 4);
  }
  SplitSamples(samples, {}, {.val_fraction = 0.3, .test_fraction = 0.3});
  std::set<std::string> splits;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(samples[i].split, samples[i / 4 * 4].split);
    splits.insert(samples[i].split);
  }
  EXPECT_EQ(splits.size(), 3u);
  samples[0].patient_id = "p";
  EXPECT_EQ(PatientKey(samples[0]), "id:p");
  EXPECT_EQ(PatientKey(Sample{}), "image:");
}

TEST(Split, ImagesWithoutAPatientStayWithTheirStudy) {
  std::vector<Sample> samples(80);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].image = "i" + std::to_string(i);
    samples[i].study_id = "s" + std::to_string(i / 4);
    if (i % 4 != 2) samples[i].patient_id = "p" + std::to_string(i / 4);
  }
  auto folds = samples, open = samples;
  SplitSamples(samples, {}, {.val_fraction = 0.3, .test_fraction = 0.3});
  SplitByPatient(open, 0.3, 0.3, 1);
  FoldByPatient(folds, 2, 1, 1);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(samples[i].split, samples[i / 4 * 4].split);
    EXPECT_EQ(open[i].split, open[i / 4 * 4].split);
    EXPECT_EQ(folds[i].split, folds[i / 4 * 4].split);
  }
}

TEST(Split, RepeatedStudyNumberDoesNotLinkPatients) {
  std::vector<Sample> samples(40);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].image = "i" + std::to_string(i);
    samples[i].study_id = "1";
    samples[i].patient_id = "p" + std::to_string(i / 4);
  }
  SplitSamples(samples, {}, {.val_fraction = 0.3, .test_fraction = 0.3});
  std::set<std::string> splits;
  for (const Sample& sample : samples) splits.insert(sample.split);
  EXPECT_EQ(splits.size(), 3u);
}

TEST(Split, FoldsPartitionPatients) {
  std::vector<Sample> samples;
  for (int i = 0; i < 200; ++i) {
    Sample sample;
    sample.image = std::to_string(i) + ".png";
    sample.patient_id = "p" + std::to_string(i / 2);
    sample.category = CategoryFromPercent(i / 2 % 10, {4, 9, 10});
    if (i < 20) sample.split = "test";
    samples.push_back(sample);
  }
  std::map<std::string, int> held_out;
  for (int fold = 1; fold <= 5; ++fold) {
    auto dealt = samples;
    FoldByPatient(dealt, 5, fold, 3);
    std::map<std::string, std::set<std::string>> parts;
    std::map<std::optional<DensityCategory>, int> categories;
    for (std::size_t i = 0; i < dealt.size(); ++i) {
      EXPECT_EQ(dealt[i].split == "test", i < 20);
      parts[dealt[i].patient_id].insert(dealt[i].split);
      if (dealt[i].split != "val") continue;
      ++held_out[dealt[i].image.string()];
      ++categories[dealt[i].category];
    }
    for (const auto& [patient, of] : parts) EXPECT_EQ(of.size(), 1u) << patient;
    // 180 images in 5 folds: 72, 90 and 18 of the categories in all.
    EXPECT_NEAR(categories[DensityCategory::kA], 72 / 5.0, 2);
    EXPECT_NEAR(categories[DensityCategory::kB], 90 / 5.0, 2);
    EXPECT_NEAR(categories[DensityCategory::kC], 18 / 5.0, 2);
    auto again = samples;
    std::reverse(again.begin(), again.end());
    FoldByPatient(again, 5, fold, 3);
    for (std::size_t i = 0; i < again.size(); ++i)
      EXPECT_EQ(again[i].split, dealt[dealt.size() - 1 - i].split) << "the rows' order is nothing";
  }
  EXPECT_EQ(held_out.size(), 180u);
  for (const auto& [image, times] : held_out) EXPECT_EQ(times, 1) << image;

  EXPECT_THROW(FoldByPatient(samples, 91, 1, 3), Error) << "90 patients";
  for (Sample& sample : samples) {
    if (sample.category == DensityCategory::kC && sample.patient_id != "p19")
      sample.category = DensityCategory::kB;
  }
  int refused = 0;
  for (int fold = 1; fold <= 5; ++fold) {
    try {
      FoldByPatient(samples, 5, fold, 3);
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), HasSubstr("category 'c'"));
      ++refused;
    }
  }
  EXPECT_EQ(refused, 1);
}

TEST(Split, FoldsLeaveOutAPatientWithATestImage) {
  for (const bool test_first : {true, false}) {
    std::vector<Sample> samples;
    for (int i = 0; i < 20; ++i) {
      Sample sample;
      sample.image = std::to_string(i) + ".png";
      sample.patient_id = "p" + std::to_string(i / 2);
      sample.split = "train";
      samples.push_back(sample);
    }
    samples[test_first ? 6 : 7].split = "test";
    for (int fold = 1; fold <= 3; ++fold) {
      auto dealt = samples;
      FoldByPatient(dealt, 3, fold, 3);
      for (std::size_t i = 0; i < dealt.size(); ++i)
        EXPECT_EQ(dealt[i].split == "test", i == 6 || i == 7) << i << " in fold " << fold;
    }
  }
}

}  // namespace
}  // namespace mhcnn
