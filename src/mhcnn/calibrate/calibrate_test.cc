#include "mhcnn/calibrate/calibrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/random.h"
#include "mhcnn/calibrate/calibrate_parts.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A site whose readers see 4 + 1.5 times the model's percent, with an error that is larger in the
/// middle, and give categories by cut points near 12, 25 and 45 % of the model's.
std::vector<EvaluatedCase> Site(int count, std::uint64_t seed, int images_of_patient = 1) {
  RandomStream random(seed);
  std::vector<EvaluatedCase> cases;
  for (int i = 0; i < count; ++i) {
    EvaluatedCase c;
    c.path = "/site/" + std::to_string(i);
    c.patient_id = "p" + std::to_string(i / images_of_patient);
    c.method = "model 1";
    c.percent = 60 * random.Uniform();
    const double mean = 4 + 1.5 * *c.percent;
    c.true_percent =
        std::clamp(mean + random.Normal(0, 1 + 6 * mean * (100 - mean) / 2500), 0.0, 100.0);
    c.regression = *c.percent + random.Normal(0, 3);
    const double rated = *c.percent + random.Normal(0, 3);
    c.true_category = CategoryFromPercent(rated, {12, 25, 45});
    c.category = DensityCategory::kB;
    c.probabilities = std::array{0.2, 0.4, 0.2, 0.2};
    cases.push_back(c);
  }
  return cases;
}

CalibrateOptions Quick() {
  CalibrateOptions options;
  options.name = "site";
  options.bootstrap.resamples = 200;
  return options;
}

const MetricRow& FindMetric(const CalibrationReport& report, const std::string& metric) {
  for (const auto& line : report.lines) {
    if (line.metric == metric) return line;
  }
  throw std::runtime_error("no line " + metric);
}

double MeanError(const std::vector<EvaluatedCase>& cases) {
  double sum = 0;
  for (const auto& c : cases) sum += std::abs(*c.percent - *c.true_percent);
  return sum / static_cast<double>(cases.size());
}

TEST(Calibrate, FindsScaleIntervalAndCutPoints) {
  auto options = Quick();
  options.cut_points = true;
  const auto report = Calibrate(Site(400, 1), options);
  EXPECT_THAT(report.refused, IsEmpty());
  const Calibration& c = report.calibration;
  ASSERT_TRUE(c.scale && c.interval && c.category);
  EXPECT_NEAR(c.scale->intercept, 4, 2);
  EXPECT_NEAR(c.scale->slope, 1.5, 0.1);
  EXPECT_LT(MeanError(report.after), 0.5 * MeanError(report.before));
  EXPECT_NEAR(*FindMetric(report, "percent within its 90 % interval").estimate.value.value, 0.9,
              0.04);
  EXPECT_NEAR(*FindMetric(report, "category within its 90 % range").estimate.value.value, 0.9,
              0.06);
  EXPECT_LT(*FindMetric(report, "categories in the range").estimate.value.value, 2);
  const auto points = c.category->CutPoints(std::nullopt);
  ASSERT_EQ(points.size(), 3u);
  EXPECT_NEAR(points[0], 12, 2);
  EXPECT_NEAR(points[1], 25, 3);
  EXPECT_NEAR(points[2], 45, 4);
  EXPECT_NEAR(c.category->CutPoints(c.scale)[0], 4 + 1.5 * points[0], 3);  // as results show them
  // Wide where the readers scatter, narrow at the ends; on new images of the site it holds.
  const auto ends = [&](double percent) {
    return c.interval->ComputeEnds(percent, 0).high - c.interval->ComputeEnds(percent, 0).low;
  };
  EXPECT_GT(ends(50), 1.5 * ends(8));
  int held = 0;
  const auto fresh = Site(1000, 2);
  for (const auto& f : fresh) {
    const auto of =
        c.interval->ComputeEnds(c.scale->Apply(*f.percent), std::abs(*f.percent - *f.regression));
    held += of.low <= *f.true_percent && *f.true_percent <= of.high;
  }
  EXPECT_NEAR(held / 1000.0, 0.9, 0.04);
}

TEST(Calibrate, RejectsLabelsNotMonotonicInPrediction) {
  const auto refused_of = [](const auto& change) {
    auto cases = Site(100, 3);
    const auto labels = cases;
    for (std::size_t i = 0; i < cases.size(); ++i) change(labels, i, cases[i]);
    const CalibrationReport report = Calibrate(cases, Quick());
    EXPECT_TRUE(report.calibration.empty());
    return report.refused;
  };
  const auto both = ElementsAre(HasSubstr("percent: the readers' values do not rise"),
                                HasSubstr("category: the readers' values do not rise"));
  EXPECT_THAT(refused_of([](const auto&, std::size_t, EvaluatedCase& c) {
                c.true_percent = 100 - *c.true_percent;
                c.true_category = CategoryFromIndex(3 - ToIndex(*c.true_category));
              }),
              both)
      << "reversed scales";
  EXPECT_THAT(refused_of([](const auto& labels, std::size_t i, EvaluatedCase& c) {
                const auto& other = labels[(i * 37 + 50) % labels.size()];
                c.true_percent = other.true_percent;
                c.true_category = other.true_category;
              }),
              both)
      << "labels of other rows";
  EXPECT_THAT(refused_of([](const auto&, std::size_t, EvaluatedCase& c) {
                c.true_percent = 25;
                c.true_category.reset();
              }),
              ElementsAre(HasSubstr("percent: "), HasSubstr("category: 0 images")))
      << "one percent for all";
}

TEST(Calibrate, KeepsPercentOnRequest) {
  auto options = Quick();
  options.keep_percent = true;
  const auto report = Calibrate(Site(200, 12), options);
  EXPECT_FALSE(report.calibration.scale);
  EXPECT_NEAR(*FindMetric(report, "percent within its 90 % interval").estimate.value.value, 0.9,
              0.05);
}

/// Cases whose percent densities fall with the threshold to a part of what the model outlines: 1.1
/// at the lowest threshold, none at 1. A reader finds `part` of it, and a line with `offset` more.
std::vector<EvaluatedCase> Thresholded(double part, double offset, std::uint64_t seed) {
  auto cases = Site(60, seed);
  RandomStream random(seed + 1);
  for (auto& c : cases) {
    const double own = 1 + 0.2 * random.Uniform();  // how surely dense: differs between women
    auto& percent_densities = c.percents_by_threshold.emplace();
    for (std::size_t i = 0; i < percent_densities.size(); ++i)
      percent_densities[i] =
          std::min(100.0, *c.percent * 1.1 * (1 - std::pow(kDenseThresholds[i], 4 * own)));
    const double at = percent_densities[10];  // 0.95
    c.true_percent = std::clamp(offset + part * at + random.Normal(0, 1), 0.0, 100.0);
  }
  return cases;
}

TEST(Calibrate, LearnsDenseThresholdFromReaders) {
  const auto cases = Thresholded(1, 0, 31);
  const auto report = Calibrate(cases, Quick());
  EXPECT_EQ(report.calibration.dense_probability, 0.95);
  EXPECT_FALSE(report.calibration.scale);
  EXPECT_LT(MeanError(report.after), 1.1);
  EXPECT_NEAR(*FindMetric(report, "percent within its 90 % interval").estimate.value.value, 0.9,
              0.08);
  EXPECT_LT(*FindMetric(report, "width of the interval").estimate.value.value, 5);
  auto kept = Quick();
  kept.keep_percent = true;
  EXPECT_FALSE(Calibrate(cases, kept).calibration.dense_probability);
}

TEST(Calibrate, FallsBackToLinearFitWithoutMatchingThreshold) {
  const auto report = Calibrate(Thresholded(0.5, 15, 32), Quick());
  EXPECT_FALSE(report.calibration.dense_probability);
  EXPECT_TRUE(report.calibration.scale);
  auto some = Thresholded(1, 0, 33);  // one of them was measured before thresholds were
  some[7].percents_by_threshold.reset();
  EXPECT_FALSE(Calibrate(some, Quick()).calibration.dense_probability);
}

TEST(Calibrate, LeavesCorrectPercent) {
  auto cases = Site(80, 3);
  RandomStream random(4);
  for (auto& c : cases) c.true_percent = std::clamp(*c.percent + random.Normal(0, 4), 0.0, 100.0);
  const auto report = Calibrate(cases, Quick());
  EXPECT_FALSE(report.calibration.scale);
  EXPECT_EQ(MeanError(report.after), MeanError(report.before));
  EXPECT_TRUE(report.calibration.interval);
}

TEST(Calibrate, TwentyPercentsFindAnotherConvention) {
  // Of sites whose readers threshold strands: about half of what the model outlines.
  int held = 0, lines = 0;
  double error_before = 0, error_after = 0, width = 0;
  constexpr int kSites = 60, kFresh = 50;
  for (int site = 0; site < kSites; ++site) {
    RandomStream random(100 + static_cast<std::uint64_t>(site));
    std::vector<EvaluatedCase> cases = Site(20 + kFresh, 200 + static_cast<std::uint64_t>(site));
    for (auto& c : cases)
      c.true_percent = std::clamp(0.5 * *c.percent + random.Normal(0, 4), 0.0, 100.0);
    const std::vector<EvaluatedCase> fresh(cases.begin() + 20, cases.end());
    cases.resize(20);
    const Calibration found = Calibrate(cases, Quick()).calibration;
    ASSERT_TRUE(found.interval);
    lines += found.scale.has_value();
    const PercentScale scale = found.scale.value_or(PercentScale{});
    for (const auto& c : fresh) {
      const double scaled = scale.Apply(*c.percent);
      const auto ends = found.interval->ComputeEnds(scaled, std::abs(*c.percent - *c.regression));
      held += ends.low <= *c.true_percent && *c.true_percent <= ends.high;
      width += (ends.high - ends.low) / (kSites * kFresh);
      error_before += std::abs(*c.percent - *c.true_percent) / (kSites * kFresh);
      error_after += std::abs(scaled - *c.true_percent) / (kSites * kFresh);
    }
  }
  EXPECT_GE(lines, kSites - 3);
  EXPECT_GT(error_before, 12);
  EXPECT_LT(error_after, 4.5);  // the readers' own scatter is 3.2
  EXPECT_NEAR(held / static_cast<double>(kSites * kFresh), 0.9, 0.04);
  EXPECT_LT(width, 26);
}

TEST(Calibrate, RefusesSmallSamples) {
  auto few = Calibrate(Site(19, 5), Quick());
  EXPECT_TRUE(few.calibration.empty());
  EXPECT_THAT(few.refused, ElementsAre("percent: 19 images have a percent, 20 are needed",
                                       "category: 19 images have a category, 50 are needed"));
  auto cases = Site(120, 6);
  for (auto& c : cases) {
    if (c.true_category == DensityCategory::kD) c.true_category = DensityCategory::kC;
    c.true_percent.reset();
  }
  for (int i = 0; i < 4; ++i)
    cases[static_cast<std::size_t>(i)].true_category = DensityCategory::kD;
  EXPECT_THAT(Calibrate(cases, Quick()).refused,
              ElementsAre("percent: 0 images have a percent, 20 are needed",
                          "category: 4 images are of category d, 5 are needed"));
  EXPECT_THAT(
      Calibrate(Site(100, 7, 5), Quick()).refused,
      ElementsAre("category: the images with a category are of 20 patients, 25 are needed"));
  EXPECT_THAT(Calibrate(Site(45, 7, 5), Quick()).refused[0],
              HasSubstr("the images with a percent are of 9 patients, 10 are needed"));
  auto failed = Site(60, 8);
  for (std::size_t i = 0; i < 45; ++i) failed[i].error = "corrupt: cut short";
  EXPECT_THAT(Calibrate(failed, Quick()).refused[0], HasSubstr("15 images have a percent"));
  auto wide = Quick();
  wide.coverage = 0.95;  // its quantile needs 19 images beside those of a fold
  EXPECT_THAT(Calibrate(Site(20, 9), wide).refused[0],
              HasSubstr("needs 19 images in the other folds, there are 18"));
  auto options = Quick();
  options.coverage = 0.99;
  EXPECT_THROW(Calibrate(cases, options), Error);
}

/// 60 images, a patient each, of the categories in turn; `count` of category a, whose patients are
/// the first `patients`. The percent densities rise with the category and overlap.
std::vector<EvaluatedCase> SiteWithCategoryA(int count, int patients) {
  auto cases = Site(60 + count, 21);
  for (int i = 0; i < 60 + count; ++i) {
    EvaluatedCase& c = cases[static_cast<std::size_t>(i)];
    c.true_percent.reset();
    c.true_category = CategoryFromIndex(i < count ? 0 : 1 + i % 3);
    c.percent = 10 * ToIndex(*c.true_category) + 0.7 * *c.percent;
    c.regression = c.percent;
    if (i < count) c.patient_id = "a" + std::to_string(i % patients);
  }
  return cases;
}

TEST(Calibrate, ACategoryOfOnePatientIsRefusedByItsLetter) {
  EXPECT_THAT(Calibrate(SiteWithCategoryA(8, 1), Quick()).refused,
              ElementsAre("percent: 0 images have a percent, 20 are needed",
                          "category a: all its images are from one patient; images from 2 "
                          "patients are needed"));
  EXPECT_TRUE(Calibrate(SiteWithCategoryA(8, 8), Quick()).calibration.category);
  // Two patients may stand in one fold.
  int fitted = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto options = Quick();
    options.folds = 2;
    options.seed = seed;
    const auto report = Calibrate(SiteWithCategoryA(8, 2), options);
    fitted += report.calibration.category.has_value();
    if (!report.calibration.category) {
      EXPECT_EQ(report.refused.at(1),
                "category: cross-validation, with some patients left out: no case of category a");
    }
  }
  EXPECT_GT(fitted, 2);
  EXPECT_LT(fitted, 18);
}

TEST(Calibrate, WithPublishedPercentsTwoCategoriesOfTwoPatientsAreNeeded) {
  auto options = Quick();
  options.published_prior = true;
  for (const int patients : {1, 2}) {
    auto cases = SiteWithCategoryA(8, patients);
    for (auto& c : cases) {
      if (c.true_category != DensityCategory::kA) c.true_category = DensityCategory::kB;
    }
    EXPECT_EQ(Calibrate(cases, options).calibration.category.has_value(), patients == 2);
  }
}

TEST(Calibrate, PublishedPercentDensitiesReplaceRareCategories) {
  auto cases = Site(200, 14);
  for (auto& c : cases) c.true_percent.reset();
  int fatty = 0;
  std::erase_if(cases, [&](const EvaluatedCase& c) {
    return c.true_category == DensityCategory::kA && fatty++ > 1;
  });
  auto options = Quick();
  EXPECT_THAT(Calibrate(cases, options).refused[1], HasSubstr("2 images are of category a"));
  options.published_prior = true;
  const auto report = Calibrate(cases, options);
  ASSERT_TRUE(report.calibration.category);
  EXPECT_FALSE(report.calibration.category->of_head) << "nothing is published of a network's head";
  // The site's readers are at 12, 25 and 45; what is published at about 12, 26 and 43.
  const auto points = report.calibration.category->CutPoints(std::nullopt);
  ASSERT_EQ(points.size(), 3u);
  EXPECT_NEAR(points[0], 12, 3);
  EXPECT_NEAR(points[1], 25, 3);
  EXPECT_NEAR(points[2], 45, 4);
  for (auto& c : cases) c.true_category = DensityCategory::kB;
  EXPECT_THAT(Calibrate(cases, options).refused[1], HasSubstr("the same category"));
}

TEST(Calibrate, UsesMeanOfBothHeadsIfMoreAccurate) {
  // Readers rate what lies between the two heads.
  auto cases = Site(300, 15);
  RandomStream random(16);
  for (auto& c : cases) {
    const double middle = *c.percent;
    const double head_disagreement = random.Normal(0, 12);
    c.percent = std::clamp(middle + head_disagreement, 0.0, 100.0);
    c.regression = std::clamp(middle - head_disagreement, 0.0, 100.0);
  }
  auto options = Quick();
  options.cut_points = true;
  const auto c = Calibrate(cases, options).calibration;
  ASSERT_TRUE(c.category);
  EXPECT_TRUE(c.category->of_both);
  Result result;
  result.percent_density = 10;
  result.percent_regression = 60;  // 35 together: c
  CalibrationFromJson(CalibrationToJson(c)).ApplyTo(result);
  EXPECT_EQ(*result.category, DensityCategory::kC);
}

TEST(Calibrate, CasesOfACalibratedModelAreRefused) {
  const auto refusal = [](const std::vector<EvaluatedCase>& cases) {
    return testing_support::ErrorMessage([&] { CheckUncalibrated(cases); }, ErrorCode::kUsage);
  };
  auto cases = Site(3, 22);
  EXPECT_NO_THROW(CheckUncalibrated(cases));
  cases[1].method = "model 1, calibrated: site";
  EXPECT_THAT(refusal(cases), HasSubstr("/site/1: was measured with a calibration"));
  EXPECT_THAT(refusal(cases), HasSubstr("model 1, calibrated: site"));
  EXPECT_THAT(refusal(cases), HasSubstr("--no-calibration"));
  cases[1].method = "model 1, calibrated";  // a site without a name
  EXPECT_THAT(refusal(cases), HasSubstr("/site/1"));
  cases[1].method = "model 1";
  cases[2].category_range = CategoryRange{DensityCategory::kB, DensityCategory::kC};
  EXPECT_THAT(refusal(cases), HasSubstr("/site/2"));
}

TEST(Calibrate, FoldsKeepPatientsTogetherAndAreEqual) {
  const auto cases = Site(120, 9, 3);
  CaseList list;
  for (const auto& c : cases) list.push_back(&c);
  const auto folds = FoldsByPatient(list, 10, 1);
  std::vector<int> counts(10, 0);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(folds[i], folds[i / 3 * 3]);  // three pictures of a patient, one after the other
    ++counts[static_cast<std::size_t>(folds[i])];
  }
  EXPECT_THAT(counts, ::testing::Each(12));
  EXPECT_NE(FoldsByPatient(list, 10, 2), folds);
}

TEST(Calibration, RoundTripsThroughJson) {
  const auto report = Calibrate(Site(300, 10), Quick());
  const auto json = CalibrationToJson(report.calibration);
  EXPECT_EQ(CalibrationToJson(CalibrationFromJson(json)), json);
  EXPECT_TRUE(CalibrationFromJson(nlohmann::json::object()).empty());
  EXPECT_EQ(CalibrationToJson({}), nlohmann::json::object());

  const auto refusal = [&](const char* pointer, const nlohmann::json& value) {
    auto changed = json;
    changed[nlohmann::json::json_pointer(pointer)] = value;
    try {
      CalibrationFromJson(changed);
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  EXPECT_THAT(refusal("/schema", "mhcnn-calibration/9"), HasSubstr("mhcnn-calibration/9"));
  EXPECT_THAT(refusal("/percent_scale/slope", -1), HasSubstr("does not rise"));
  EXPECT_THAT(refusal("/percent_scale/slope", nullptr), HasSubstr("cannot be read"));
  EXPECT_THAT(refusal("/percent_interval/groups", nlohmann::json::array()),
              HasSubstr("do not reach 100"));
  EXPECT_THAT(refusal("/percent_interval/coverage", 1.5), HasSubstr("between 0 and 1"));
  EXPECT_THAT(refusal("/percent_interval/spread", {1}), HasSubstr("three numbers"));
  EXPECT_THAT(refusal("/percent_interval/spread", {1, -1, 0}), HasSubstr("three numbers"));
  EXPECT_THAT(refusal("/percent_interval/groups/0/below", 1e300), HasSubstr("out of range"));
  EXPECT_THAT(refusal("/percent_interval/groups/0/cases", -3), HasSubstr("cases"));
  EXPECT_THAT(refusal("/category/slopes/0", 1e300), HasSubstr("out of range"));
  EXPECT_THAT(refusal("/category/cuts", {3, 2, 1}), HasSubstr("three ascending"));
  EXPECT_THAT(refusal("/category/slopes", {1, 2, 3, 4}), HasSubstr("slopes"));

  // A program that does not know thresholds refuses the file.
  EXPECT_EQ(json["schema"], "mhcnn-calibration/1");
  EXPECT_THAT(refusal("/dense_probability", 0.9), HasSubstr("both"));
  Calibration threshold = report.calibration;
  threshold.scale.reset();
  threshold.dense_probability = 0.9;
  const auto second = CalibrationToJson(threshold);
  EXPECT_EQ(second["schema"], "mhcnn-calibration/2");
  EXPECT_EQ(CalibrationToJson(CalibrationFromJson(second)), second);
  for (const nlohmann::json& wrong :
       {nlohmann::json(0), nlohmann::json(1), nlohmann::json("high")}) {
    auto changed = second;
    changed["dense_probability"] = wrong;
    EXPECT_THROW(CalibrationFromJson(changed), Error) << wrong;
  }
}

TEST(Calibration, NanHasNoInterval) {
  const auto c = Calibrate(Site(100, 13), Quick()).calibration;
  Result result;
  result.percent_regression = std::numeric_limits<double>::quiet_NaN();
  c.ApplyTo(result);
  EXPECT_FALSE(result.percent_low || result.category_range);
  EXPECT_EQ(c.interval->ComputeEnds(1000, 0).high, 100);
}

}  // namespace
}  // namespace mhcnn
