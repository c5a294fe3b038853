#include "mhcnn/evaluate/reader_agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

EvaluationOptions Quick() {
  EvaluationOptions options;
  options.bootstrap.resamples = 200;
  return options;
}

const MetricRow& FindMetric(const std::vector<MetricRow>& lines, const std::string& what) {
  for (const auto& line : lines) {
    if (line.metric == "between readers: " + what) return line;
  }
  throw std::runtime_error("no line " + what);
}

Sample Row(const std::string& image, const std::string& reader, double percent, int category) {
  Sample sample;
  sample.image = "/set/" + image;
  sample.patient_id = image;
  sample.reader = reader;
  sample.percent_density = percent;
  sample.category = CategoryFromIndex(category);
  return sample;
}

/// Table 2 of Shrout & Fleiss 1979: six subjects, four raters; ICC(2,1) is 0.29 (their table 4).
std::vector<Sample> ShroutAndFleiss() {
  const double ratings[6][4] = {{9, 2, 5, 8}, {6, 1, 3, 2},  {8, 4, 6, 8},
                                {7, 1, 2, 6}, {10, 5, 6, 9}, {6, 2, 4, 7}};
  std::vector<Sample> samples;
  for (int image = 0; image < 6; ++image) {
    for (int reader = 0; reader < 4; ++reader) {
      samples.push_back(Row(std::to_string(image), std::string(1, static_cast<char>('A' + reader)),
                            ratings[image][reader], image % 2));
    }
  }
  return samples;
}

TEST(ReaderAgreement, PercentsEqualPublishedExample) {
  const ReaderAnnotations readers = LoadReaderAnnotations(ShroutAndFleiss(), 2);
  EXPECT_THAT(readers.names, ElementsAre("A", "B", "C", "D"));
  EXPECT_THAT(readers.problems, IsEmpty());
  const auto lines = MeasureReaderAgreement(readers, Quick());
  EXPECT_NEAR(*FindMetric(lines, "percent ICC(2,1)").estimate.value.value, 0.29, 0.005);
  // By hand: sums of the six pairs' differences of each image are 24, 16, 14, 22, 18, 17.
  const auto& difference = FindMetric(lines, "percent, mean absolute difference");
  EXPECT_NEAR(*difference.estimate.value.value, 111 / 36.0, 1e-12);
  EXPECT_EQ(difference.cases, 6u);
  EXPECT_EQ(difference.patients, 6u);
  EXPECT_EQ(*FindMetric(lines, "category the same").estimate.value.value, 1);
  EXPECT_EQ(*FindMetric(lines, "category quadratic kappa").estimate.value.value, 1);
  EXPECT_THAT(FindMetric(lines, "Dice dense").estimate.value.undefined,
              HasSubstr("no image has the dense masks of two readers"));
}

TEST(ReaderAgreement, CategoriesOfTwoReadersGiveCohensKappa) {
  // Cohen 1960's kappa of [[20, 5], [10, 15]] is 0.4; of neighbouring categories the quadratic one
  // is the same.
  std::vector<Sample> samples;
  const auto add = [&](int count, int a, int b) {
    for (int i = 0; i < count; ++i) {
      const std::string image = std::to_string(samples.size());
      samples.push_back(Row(image, "A", 20, a));
      samples.push_back(Row(image, "B", 20, b));
    }
  };
  add(20, 0, 0);
  add(5, 0, 1);
  add(10, 1, 0);
  add(15, 1, 1);
  const auto lines = MeasureReaderAgreement(LoadReaderAnnotations(samples, 1), Quick());
  EXPECT_NEAR(*FindMetric(lines, "category quadratic kappa").estimate.value.value, 0.4, 1e-12);
  EXPECT_NEAR(*FindMetric(lines, "category the same").estimate.value.value, 0.7, 1e-12);
  // All percent densities are the same: said, not a number.
  EXPECT_FALSE(FindMetric(lines, "percent ICC(2,1)").estimate.value.defined());
  EXPECT_FALSE(FindMetric(lines, "percent ICC(2,1)").estimate.value.undefined.empty());
}

TEST(ReaderAgreement, MasksAndThresholdsAreCompared) {
  const testing_support::ScratchFolder folder;
  GreyImage picture(40, 20, std::uint16_t{10});
  Mask breast = Mask::zeros(40, 20), dense = Mask::zeros(40, 20), wide = Mask::zeros(10, 10);
  breast(cv::Rect(0, 0, 20, 40)).setTo(255);
  dense(cv::Rect(0, 0, 10, 20)).setTo(255);
  picture(cv::Rect(0, 0, 20, 20)).setTo(100);  // above the threshold: the mask's pixels twice
  WritePng(folder / "i.png", picture);
  WritePng(folder / "b.png", breast);
  WritePng(folder / "d.png", dense);
  WritePng(folder / "w.png", wide);
  Sample drawn;
  drawn.image = folder / "i.png";
  drawn.breast_mask = folder / "b.png";
  drawn.reader = "drawn";
  drawn.dense_mask = folder / "d.png";
  Sample threshold = drawn;
  threshold.dense_mask.reset();
  threshold.dense_threshold = 50;
  threshold.reader = "threshold";
  const auto lines = MeasureReaderAgreement(LoadReaderAnnotations({drawn, threshold}, 1), Quick());
  EXPECT_NEAR(*FindMetric(lines, "Dice dense").estimate.value.value, 2.0 / 3, 1e-12);
  EXPECT_NEAR(*FindMetric(lines, "percent, mean absolute difference").estimate.value.value, 25,
              1e-12);

  Sample bad = drawn, missing = drawn;
  bad.reader = "bad";
  bad.dense_mask = folder / "w.png";
  missing.reader = "missing";
  missing.dense_mask = folder / "none.png";
  const ReaderAnnotations readers = LoadReaderAnnotations({drawn, threshold, bad, missing}, 1);
  ASSERT_EQ(readers.problems.size(), 2u);
  EXPECT_THAT(readers.problems[0], HasSubstr("reader bad: another reader's dense mask"));
  EXPECT_THAT(readers.problems[1], HasSubstr("none.png"));
  EXPECT_EQ(readers.images[0].percent_densities.size(), 2u);
}

TEST(ReaderAgreement, ConsensusIsMeanPercentAndMedianCategory) {
  std::vector<Sample> samples = {Row("1", "A", 10, 0), Row("1", "B", 30, 2), Row("2", "A", 5, 1),
                                 Row("2", "B", 6, 3),  Row("2", "C", 7, 1),  Row("3", "", 50, 3)};
  samples[0].dense_mask = "/set/none.png";  // the percent is given; not read
  std::vector<std::string> problems;
  auto consensus = MakeConsensus(samples, problems);
  EXPECT_THAT(problems, IsEmpty());
  ASSERT_EQ(consensus.size(), 3u);
  EXPECT_EQ(*consensus[0].percent_density, 20);
  EXPECT_EQ(*consensus[0].category, DensityCategory::kC);  // of two the denser
  EXPECT_FALSE(consensus[0].dense_mask);
  EXPECT_EQ(*consensus[1].percent_density, 6);
  EXPECT_EQ(*consensus[1].category, DensityCategory::kB);
  EXPECT_EQ(*consensus[2].percent_density, 50);

  samples[0].percent_density.reset();
  consensus = MakeConsensus(samples, problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_THAT(problems[0], HasSubstr("none.png"));
  EXPECT_EQ(*consensus[0].percent_density, 30);
  EXPECT_EQ(*consensus[0].category, DensityCategory::kC);
}

TEST(ReaderAgreement, RefusesTwoRowsOfOneReader) {
  const std::vector<Sample> rows{Row("1", "A", 10, 1), Row("1", "B", 20, 1), Row("1", "A", 90, 3)};
  std::vector<std::string> problems;
  const auto twice = ::testing::HasSubstr("1: the image occurs twice for reader A");
  EXPECT_THAT(
      testing_support::ErrorMessage([&] { MakeConsensus(rows, problems); }, ErrorCode::kUsage),
      twice);
  EXPECT_THAT(
      testing_support::ErrorMessage([&] { LoadReaderAnnotations(rows, 1); }, ErrorCode::kUsage),
      twice);
}

TEST(ReaderAgreement, ReportsSingleReader) {
  for (const auto& samples :
       {std::vector<Sample>{}, std::vector<Sample>{Row("1", "", 1, 0), Row("2", "A", 2, 1)}}) {
    const auto lines = MeasureReaderAgreement(LoadReaderAnnotations(samples, 1), Quick());
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].estimate.value.undefined, "a single reader");
    EXPECT_EQ(lines[0].cases, 0u);
  }
}

}  // namespace
}  // namespace mhcnn
