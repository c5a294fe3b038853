#include "mhcnn/data/percent_units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

Sample Percent(double percent, std::optional<DensityCategory> category = {},
               const std::string& folder = "/set") {
  Sample sample;
  sample.image = std::filesystem::path(folder) / "x.png";
  sample.percent_density = percent;
  sample.category = category;
  return sample;
}

std::string GetProblem(const std::vector<Sample>& samples) {
  std::vector<const Sample*> all;
  for (const Sample& sample : samples) all.push_back(&sample);
  return FindPercentUnitProblem(all);
}

/// `count` percent densities from 3 up, in steps of 2.
std::vector<Sample> Percents(int count) {
  std::vector<Sample> samples;
  for (int i = 0; i < count; ++i) samples.push_back(Percent(3 + 2 * i));
  return samples;
}

TEST(PercentUnits, AllValuesAreFractions) {
  EXPECT_THAT(GetProblem({Percent(0.5), Percent(0.2), Percent(0.3)}),
              HasSubstr("looks like fractions: none of its 3 values is above 1"));
  EXPECT_THAT(GetProblem({Percent(0.3, DensityCategory::kC)}), HasSubstr("looks like fractions"));
  EXPECT_EQ(GetProblem({Percent(0.3), Percent(0.2)}), "");
  EXPECT_EQ(GetProblem({Percent(0), Percent(0), Percent(0)}), "");
  EXPECT_EQ(GetProblem({Sample{}, Sample{}}), "");
}

TEST(PercentUnits, DenseCategoriesWithFractionsBesidePercents) {
  std::vector<Sample> samples;
  for (int i = 0; i < 40; ++i) samples.push_back(Percent(30 + i, DensityCategory::kC));
  samples.push_back(Percent(0.3, DensityCategory::kC));
  samples.push_back(Percent(0.4, DensityCategory::kD));
  EXPECT_EQ(GetProblem(samples), "") << "two mistakes are no unit";
  samples.push_back(Percent(0.5, DensityCategory::kD));
  EXPECT_THAT(GetProblem(samples),
              HasSubstr("3 of 43 values of the categories c and d are at most 1"));
  for (int i = 0; i < 40; ++i) samples.push_back(Percent(30 + i, DensityCategory::kD));
  EXPECT_EQ(GetProblem(samples), "") << "3 of 83 are under 5 %";
}

TEST(PercentUnits, GapAboveOne) {
  std::vector<Sample> samples = Percents(30);
  for (int i = 0; i < 30; ++i) samples.push_back(Percent(0.03 + 0.02 * i));
  EXPECT_THAT(GetProblem(samples),
              HasSubstr("30 of 60 values are at most 1 and none is from 1 to 2"));
  samples.push_back(Percent(1.5));
  EXPECT_THAT(GetProblem(samples), HasSubstr("only 1 are from 1 to 2"));
}

TEST(PercentUnits, AcceptsPercentsBelowOneForFattyBreasts) {
  // A quarter of the values below 1, and as many in 1..2.
  std::vector<Sample> samples = Percents(20);
  for (int i = 0; i < 10; ++i) {
    samples.push_back(Percent(0.05 + 0.1 * i));
    samples.push_back(Percent(1.05 + 0.1 * i));
  }
  EXPECT_EQ(GetProblem(samples), "");
  // A gap, but the categories say that the breasts are fatty.
  samples = Percents(30);
  for (int i = 0; i < 30; ++i) samples.push_back(Percent(0.03 + 0.03 * i, DensityCategory::kA));
  EXPECT_EQ(GetProblem(samples), "");
  // A reader who writes 1, 5, 10, 15.
  samples = Percents(30);
  for (int i = 0; i < 12; ++i) samples.push_back(Percent(1));
  EXPECT_EQ(GetProblem(samples), "");
}

TEST(PercentUnits, ReaderOrFolderWithFractions) {
  std::vector<Sample> samples = Percents(30);
  for (Sample& sample : samples) sample.reader = "anna";
  for (int i = 0; i < 5; ++i) {
    samples.push_back(Percent(0.1 + 0.1 * i));
    samples.back().reader = "bert";
  }
  EXPECT_THAT(GetProblem(samples), HasSubstr("all values of the reader 'bert' are at most 1"));
  for (Sample& sample : samples) sample.reader.clear();
  EXPECT_EQ(GetProblem(samples), "") << "five of one folder and no reader";
  const auto in_other = [&](int i) -> Sample& { return samples[static_cast<std::size_t>(30 + i)]; };
  for (int i = 0; i < 5; ++i) in_other(i).image = "/other/" + std::to_string(i) + ".png";
  EXPECT_THAT(GetProblem(samples), HasSubstr("all values of the folder '/other' are at most 1"));
  for (int i = 0; i < 5; ++i) in_other(i).patient_id = i < 3 ? "p" : "q";
  EXPECT_EQ(GetProblem(samples), "") << "two patients";
  in_other(0).patient_id = "r";
  EXPECT_THAT(GetProblem(samples), HasSubstr("all values of the folder '/other' are at most 1"));
}

TEST(PercentUnits, AcceptsFolderOfOneFattyPatient) {
  std::vector<Sample> samples = Percents(40);
  for (const Sample& more : Percents(40)) samples.push_back(more);
  for (int i = 0; i < 8; ++i) samples.push_back(Percent(0.1 + 0.1 * i, {}, "/set/p7"));
  EXPECT_EQ(GetProblem(samples), "");
  // Ten women, four views, two readers.
  samples.clear();
  for (int i = 0; i < 80; ++i) {
    const std::string woman = "p" + std::to_string(i / 8);
    samples.push_back(Percent(i < 8 ? 0.1 + 0.1 * i : 3 + i, {}, "/set/" + woman));
    samples.back().image = "/set/" + woman + "/" + std::to_string(i % 4) + ".png";
    samples.back().reader = i % 8 < 4 ? "anna" : "bert";
  }
  EXPECT_EQ(GetProblem(samples), "");
  for (int i = 0; i < 80; ++i)
    samples[static_cast<std::size_t>(i)].study_id = std::to_string(i / 8);
  EXPECT_EQ(GetProblem(samples), "");
}

}  // namespace
}  // namespace mhcnn
