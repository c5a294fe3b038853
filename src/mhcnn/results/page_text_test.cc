#include "mhcnn/results/page_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/csv.h"
#include "mhcnn/image/flags.h"
#include "mhcnn/results/results_table.h"
#include "mhcnn/testing/exams.h"

namespace mhcnn {
namespace {

using testing_support::FourExamImages;
using testing_support::MakeExam;
using testing_support::MakeExamImage;

/// A line of a table by the names of its columns.
std::vector<std::map<std::string, std::string>> Table(const std::string& csv) {
  const auto rows = ParseCsv(csv);
  std::vector<std::map<std::string, std::string>> table;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    auto& line = table.emplace_back();
    for (std::size_t k = 0; k < rows[i].size(); ++k) line[rows[0][k]] = rows[i][k];
  }
  return table;
}

std::string Interval(const std::map<std::string, std::string>& row,
                     const std::string& suffix = "") {
  return row.at("percent_low" + suffix) + " to " + row.at("percent_high" + suffix);
}

const ScaleRow& FindRow(const PageText& page, const std::string& label) {
  const auto found = std::ranges::find(page.rows, label, &ScaleRow::label);
  if (found == page.rows.end()) throw std::runtime_error("no row " + label);
  return *found;
}

TEST(PageText, FiguresAreThoseOfTheTablesDigitByDigit) {
  const ExamResults exam = MakeExam(FourExamImages());
  const PageText page = MakePageText(exam);
  std::vector<Result> results;
  for (const auto& image : exam.images) results.push_back(image.result);
  const auto rows = Table(ResultsCsv(results));
  ASSERT_EQ(rows.size(), 4U);
  for (const auto& row : rows) {
    const ScaleRow& shown = FindRow(page, row.at("laterality") + " " + row.at("view"));
    EXPECT_EQ(shown.percent_text, row.at("percent_density"));
    EXPECT_EQ(shown.interval_text, Interval(row));
    EXPECT_EQ(shown.category_text, row.at("category"));
    EXPECT_EQ(shown.dense_text, row.at("dense_area_cm2"));
    EXPECT_EQ(shown.breast_text, row.at("breast_area_cm2"));
  }
  const auto study = Table(StudiesCsv({exam.exam})).at(0);
  EXPECT_EQ(page.percent, study.at("percent_density"));
  EXPECT_EQ(page.interval, "90 % interval " + Interval(study) + " %");
  EXPECT_EQ(page.category, study.at("category"));
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(page.probability_texts[i], study.at(std::string("p_") + "abcd"[i]));
  EXPECT_EQ(FindRow(page, "Right breast").percent_text, study.at("percent_right"));
  EXPECT_EQ(FindRow(page, "Left breast").percent_text, study.at("percent_left"));
  EXPECT_EQ(FindRow(page, "Right breast").category_text, study.at("category_right"));
  EXPECT_EQ(FindRow(page, "Left breast").category_text, study.at("category_left"));
  EXPECT_EQ(FindRow(page, "Exam").percent_text, study.at("percent_density"));
}

TEST(PageText, SaysDenseInTheWordsOfTheRuleAndWhoDecides) {
  const PageText page = MakePageText(MakeExam(FourExamImages()));
  EXPECT_EQ(page.category, "c");
  EXPECT_EQ(page.category_words, "Heterogeneously dense");
  EXPECT_EQ(page.density, "Dense");
  EXPECT_EQ(page.category_basis, "Right b, left c: the denser breast decides.");
  const PageText fatty = MakePageText(MakeExam({MakeExamImage(Laterality::kLeft, View::kCC, 5)}));
  EXPECT_EQ(fatty.density, "Not dense");
  EXPECT_EQ(fatty.category_basis, "Left breast only.");
  EXPECT_THAT(fatty.notice, ::testing::HasSubstr("Research use only"));
  EXPECT_EQ(fatty.model, "Model net 1.2, calibrated: site");
}

TEST(PageText, OmitsUnavailableValues) {
  auto image = MakeExamImage(Laterality::kLeft, View::kCC, 33);
  Result& r = image.result;
  r.percent_low = r.percent_high = r.dense_area_cm2 = r.breast_area_cm2 = std::nullopt;
  r.category = std::nullopt;
  const PageText page = MakePageText(MakeExam({image}));
  EXPECT_EQ(page.percent, "33.0");
  for (const std::string& text :
       {page.interval, page.category, page.category_words, page.density, page.category_basis,
        page.probability_texts[0], page.rows[0].interval_text, page.rows[0].dense_text}) {
    EXPECT_EQ(text, "");
  }
}

TEST(PageText, RefusalsAndMissingViewsAreSaidInWords) {
  auto refused = MakeExamImage(Laterality::kLeft, View::kCC, 20);
  const auto metadata = refused.result.metadata;
  refused.result = {};
  refused.result.metadata = metadata;
  refused.result.error = "corrupt: is damaged at byte 12; ask the sender for it again";
  auto flagged = MakeExamImage(Laterality::kRight, View::kMLO, 20);
  AddFlag(flagged.result.flags, Flag::kImplant);
  const PageText page =
      MakePageText(MakeExam({MakeExamImage(Laterality::kRight, View::kCC, 22), flagged, refused}));
  EXPECT_THAT(page.subtitle, ::testing::HasSubstr("3 images, 1 not measured"));
  EXPECT_EQ(FindRow(page, "L CC").problem, "not measured");
  EXPECT_EQ(FindRow(page, "L CC").percent_text, "");
  ASSERT_EQ(page.remarks.size(), 3U);
  EXPECT_EQ(page.remarks[0],
            "L\u00A0CC was not measured: is damaged at byte 12; ask the sender for it again.");
  EXPECT_THAT(page.remarks[2], ::testing::StartsWith("R\u00A0MLO: The breast has an implant"));
}

TEST(PageText, NamesNeitherThePatientNorAFile) {
  auto images = FourExamImages();
  for (auto& image : images) {
    image.result.metadata.patient_id = "SECRET-ID";
    image.result.metadata.path = "SECRET-" + image.result.metadata.path;
  }
  const PageText page = MakePageText(MakeExam(images));
  std::string all = page.title + page.subtitle + page.category_basis + page.model + page.program;
  for (const auto& row : page.rows) all += row.label + row.problem;
  for (const auto& remark : page.remarks) all += remark;
  EXPECT_EQ(all.find("SECRET"), std::string::npos) << all;
}

TEST(PageText, DatesAreWrittenWithTheirParts) {
  EXPECT_EQ(ToIsoDate("20250131"), "2025-01-31");
  EXPECT_EQ(ToIsoDate("last week"), "last week");
}

}  // namespace
}  // namespace mhcnn
