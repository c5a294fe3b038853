#include "mhcnn/library/public_result.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mhcnn/results/studies.h"

namespace mhcnn {
namespace {

Result Measured() {
  Result result;
  result.metadata.path = "a.dcm";
  result.metadata.laterality = Laterality::kRight;
  result.metadata.view = View::kMLO;
  result.percent_density = 23.4;
  result.percent_low = 15.1;
  result.percent_high = 33;
  result.dense_area_cm2 = 34.06;
  result.breast_area_cm2 = 150.21;
  result.category = DensityCategory::kC;
  result.probabilities = {0.05, 0.2, 0.65, 0.1};
  result.flags = {"implant"};
  result.model = "net 1.2";
  result.seconds = 1.5;
  result.size = {4, 2};
  result.breast = Mask::zeros(2, 4);
  result.breast.colRange(0, 3) = 255;
  result.dense = Mask::zeros(2, 4);
  result.dense.colRange(0, 1) = 255;
  result.pectoral = Mask::zeros(2, 4);
  result.pectoral(1, 3) = 255;
  return result;
}

TEST(PublicResult, ErrorKeepsCodeSubjectAndRemedy) {
  const Error inner(ErrorCode::kCorrupt, "is cut short", "a.dcm", "get the file again");
  const v0::Error error = ToPublic(inner);
  EXPECT_EQ(error.code(), v0::ErrorCode::kCorrupt);
  EXPECT_STREQ(error.what(), inner.what());
  EXPECT_EQ(error.subject(), "a.dcm");
  EXPECT_EQ(error.remedy(), "get the file again");
}

TEST(PublicResult, KeepsEachFigure) {
  const v0::Result result = ToPublic(Measured());
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.name, "a.dcm");
  EXPECT_EQ(result.laterality, v0::Laterality::kRight);
  EXPECT_EQ(result.view, v0::View::kMLO);
  EXPECT_EQ(result.percent_density, 23.4);
  EXPECT_EQ(result.percent_low, 15.1);
  EXPECT_EQ(result.percent_high, 33);
  EXPECT_EQ(result.dense_area_cm2, 34.06);
  EXPECT_EQ(result.breast_area_cm2, 150.21);
  EXPECT_EQ(result.category, v0::Category::kC);
  EXPECT_EQ(v0::ToLetter(*result.category), 'c');
  EXPECT_EQ(result.probabilities[2], 0.65);
  EXPECT_EQ(result.flags, std::vector<std::string>{"implant"});
  EXPECT_EQ(result.model, "net 1.2");
  EXPECT_EQ(result.seconds, 1.5);
  EXPECT_NEAR(nlohmann::json::parse(result.ToJson()).at("percent_density").get<double>(), 23.4,
              1e-9);
}

TEST(PublicResult, LabelsAreThoseOfTheMasks) {
  const v0::LabelMap labels = ToPublic(Measured()).Labels();
  EXPECT_EQ(labels.rows, 2);
  EXPECT_EQ(labels.columns, 4);
  const auto count = [&](int label) {
    return std::count(labels.values.begin(), labels.values.end(), label);
  };
  // A dense column, two of other breast, and one pixel of muscle.
  EXPECT_EQ(count(170), 2);
  EXPECT_EQ(count(85), 4);
  EXPECT_EQ(count(255), 1);
  EXPECT_EQ(count(0), 1);
}

TEST(PublicResult, RefusedResultHasNoLabels) {
  Result refused = Measured();
  refused.error = "corrupt: is cut short";
  const v0::Result result = ToPublic(refused);
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.error, "corrupt: is cut short");
  EXPECT_TRUE(result.Labels().values.empty());
  EXPECT_EQ(v0::Result().ToJson(), "{}");
}

TEST(PublicResult, ExamKeepsFiguresOfItsBreasts) {
  StudyResult study;
  study.study = "1.2";
  study.percent_density = 30;
  study.percent_low = 20;
  study.percent_high = 40;
  study.left.emplace().percent_density = 35;
  study.right.emplace().percent_density = 25;
  study.category = DensityCategory::kD;
  study.probabilities = {0, 0.1, 0.2, 0.7};
  study.missing = {"L-MLO"};
  study.flags = {"views_disagree"};
  const v0::ExamResult exam = ToPublic(study, {ToPublic(Measured())});
  ASSERT_EQ(exam.images.size(), 1u);
  EXPECT_EQ(exam.percent_density, 30);
  EXPECT_EQ(exam.percent_low, 20);
  EXPECT_EQ(exam.percent_high, 40);
  EXPECT_EQ(exam.percent_left, 35);
  EXPECT_EQ(exam.percent_right, 25);
  EXPECT_EQ(exam.category, v0::Category::kD);
  EXPECT_EQ(exam.probabilities[3], 0.7);
  EXPECT_EQ(exam.missing, std::vector<std::string>{"L-MLO"});
  EXPECT_EQ(exam.flags, std::vector<std::string>{"views_disagree"});
  EXPECT_EQ(nlohmann::json::parse(exam.ToJson()).at("study"), "1.2");
}

}  // namespace
}  // namespace mhcnn
