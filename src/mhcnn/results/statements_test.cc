#include "mhcnn/results/statements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/exams.h"

namespace mhcnn {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::FourExamImages;
using testing_support::MakeExam;
using testing_support::MakeExamImage;

TEST(CategorySentence, HasTheWordsOfBiRadsAndOfTheMqsaRule) {
  EXPECT_EQ(CategorySentence(DensityCategory::kA),
            "BI-RADS 5th edition density category a (almost entirely fatty): not dense");
  EXPECT_EQ(CategorySentence(DensityCategory::kB),
            "BI-RADS 5th edition density category b (scattered areas of fibroglandular density): "
            "not dense");
  EXPECT_EQ(CategorySentence(DensityCategory::kC),
            "BI-RADS 5th edition density category c (heterogeneously dense): dense");
  EXPECT_EQ(CategorySentence(DensityCategory::kD),
            "BI-RADS 5th edition density category d (extremely dense): dense");
}

TEST(PercentPhrase, StatesTheIntervalWhereThereIsOne) {
  EXPECT_EQ(PercentPhrase(23.44, 19.3, 28.6), "percent density 23.4 % (interval 19.3 to 28.6 %)");
  EXPECT_EQ(PercentPhrase(23.44, {}, {}), "percent density 23.4 %");
  EXPECT_EQ(PercentPhrase(23.44, 19.3, {}), "percent density 23.4 %");
  EXPECT_EQ(PercentPhrase({}, 19.3, 28.6), "");
}

TEST(ProbabilityPhrase, NamesEachCategory) {
  EXPECT_EQ(ProbabilityPhrase({0.01, 0.1, 0.8, 0.09}),
            "probabilities a 0.0100, b 0.1000, c 0.8000, d 0.0900");
}

TEST(ExamStatements, StatesFiguresOfEachImage) {
  const auto statements = ExamStatements(MakeExam(FourExamImages()));
  EXPECT_THAT(statements,
              Contains("Image R CC: BI-RADS 5th edition density category b (scattered areas of "
                       "fibroglandular density): not dense; probabilities a 0.1000, b 0.6000, c "
                       "0.2000, d 0.1000; percent density 12.3 % (interval 6.2 to 22.3 %)."));
  // Right 12.34 and 14.5, left 23.45 and 27.96.
  EXPECT_THAT(statements, Contains(HasSubstr("Right breast: ")));
  EXPECT_THAT(statements, Contains(HasSubstr("percent density 13.4 %")));
  EXPECT_THAT(statements, Contains(HasSubstr("Left breast: ")));
  EXPECT_THAT(statements, Contains(HasSubstr("percent density 25.7 %")));
  EXPECT_THAT(statements.front(), HasSubstr("Exam: "));
  EXPECT_THAT(statements, Not(Contains(HasSubstr("unknown side"))));
}

TEST(ExamStatements, EndsWithTheNotice) {
  EXPECT_EQ(ExamStatements(MakeExam(FourExamImages())).back(), kResearchOnly);
}

TEST(ExamStatements, SaysWhereThePatientIsNotFromTheFile) {
  ExamResults exam = MakeExam(FourExamImages());
  const std::string made = "were made from their bytes";
  EXPECT_THAT(ExamStatements(exam), Contains(HasSubstr(made)));
  for (auto& image : exam.images) image.is_dicom = true;
  EXPECT_THAT(ExamStatements(exam), Not(Contains(HasSubstr(made))));
}

TEST(ExamStatements, SaysWhatIntervalsHold) {
  ExamResults exam = MakeExam(FourExamImages());
  EXPECT_THAT(ExamStatements(exam), Contains(HasSubstr("90 % of images")));
  EXPECT_THAT(ExamStatements(exam), Contains(HasSubstr("on the scale of the readers")));
  exam.model.coverage = 0;
  exam.model.calibration.clear();
  EXPECT_THAT(ExamStatements(exam), Contains(HasSubstr("There are no intervals")));
  EXPECT_THAT(ExamStatements(exam), Not(Contains(HasSubstr("on the scale of the readers"))));
}

TEST(ExamStatements, LeavesFiguresOfRefusedImageOut) {
  auto refused = MakeExamImage(Laterality::kLeft, View::kCC, 20);
  const auto metadata = refused.result.metadata;
  refused.result = {};
  refused.result.metadata = metadata;
  refused.result.error = "corrupt: is cut short";
  const auto statements =
      ExamStatements(MakeExam({MakeExamImage(Laterality::kRight, View::kCC, 30), refused}));
  EXPECT_THAT(statements, Not(Contains(HasSubstr("Image L CC"))));
  EXPECT_THAT(statements, Contains("L CC was not measured: corrupt: is cut short."));
}

TEST(ExamStatements, AreAscii) {
  ExamResults exam = MakeExam(FourExamImages());
  exam.exam.model = "Modell \xC3\xA4";
  for (const auto& statement : ExamStatements(exam)) {
    for (const char c : statement) EXPECT_LT(static_cast<unsigned char>(c), 0x80) << statement;
  }
}

}  // namespace
}  // namespace mhcnn
