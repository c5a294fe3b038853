#include "mhcnn/results/page_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "mhcnn/analyze/calibration.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/version.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/results/flag_texts.h"
#include "mhcnn/results/number_text.h"
#include "mhcnn/results/statements.h"

namespace mhcnn {
namespace {

std::string IntervalText(const std::optional<double>& low, const std::optional<double>& high) {
  return low && high ? PercentText(low) + " to " + PercentText(high) : "";
}

/// `figures`: of an image, a breast or the exam.
template <typename Figures>
ScaleRow MakeScaleRow(ScaleRow::Kind kind, const std::string& label, const Figures& figures) {
  ScaleRow row;
  row.kind = kind;
  row.label = label;
  row.percent = figures.percent_density;
  row.low = figures.percent_low;
  row.high = figures.percent_high;
  row.percent_text = PercentText(row.percent);
  row.interval_text = IntervalText(row.low, row.high);
  row.category_text = ToLetter(figures.category);
  if constexpr (requires { figures.dense_area_cm2; }) {
    row.dense_text = AreaText(figures.dense_area_cm2);
    row.breast_text = AreaText(figures.breast_area_cm2);
  }
  if (!row.percent) row.problem = "no percent";
  return row;
}

void AddSide(const std::string& label, Laterality side, const std::optional<BreastResult>& breast,
             const ExamResults& exam, std::vector<ScaleRow>& rows) {
  for (const auto& image : exam.images) {
    if (image.result.metadata.laterality != side) continue;
    rows.push_back(MakeScaleRow(ScaleRow::Kind::kImage, image.Name(), image.result));
    if (!image.result.ok()) rows.back().problem = "not measured";
  }
  if (breast) rows.push_back(MakeScaleRow(ScaleRow::Kind::kBreast, label, *breast));
}

std::string Subtitle(const ExamResults& exam) {
  const std::string date = exam.header().metadata.study_date;
  std::string text = date.empty() ? "Exam without a date" : "Exam of " + ToIsoDate(date);
  text += fmt::format(", {} image{}", exam.images.size(), exam.images.size() == 1 ? "" : "s");
  const auto refused =
      std::ranges::count_if(exam.images, [](const ExamImage& image) { return !image.result.ok(); });
  return refused > 0 ? text + fmt::format(", {} not measured", refused) : text;
}

/// Which breast the category is of, and the categories that the images' ranges hold together.
std::string CategoryBasis(const ExamResults& exam) {
  const StudyResult& study = exam.exam;
  std::string text;
  if (study.left && study.right) {
    text = study.left->category == study.right->category
               ? "Both breasts."
               : fmt::format("Right {}, left {}: the denser breast decides.",
                             ToLetter(study.right->category), ToLetter(study.left->category));
  } else if (study.left || study.right) {
    text = study.left ? "Left breast only." : "Right breast only.";
  }
  std::optional<CategoryRange> range;
  for (const auto& image : exam.images) {
    const Result& result = image.result;
    if (!result.ok()) continue;
    if (!result.category_range) return text;
    if (!range) range = result.category_range;
    range->low = std::min(range->low, result.category_range->low);
    range->high = std::max(range->high, result.category_range->high);
  }
  if (!range) return text;
  return text + (text.empty() ? "" : " ") + "Range of the images: " + ToText(*range) + ".";
}

/// A name as one word, which no line break parts.
std::string OneWord(std::string name) {
  for (std::size_t at = 0; (at = name.find(' ', at)) != std::string::npos;) {
    name.replace(at, 1, "\u00A0");
  }
  return name;
}

/// Text without a full stop or colon at its end.
std::string Clause(std::string sentence) {
  while (!sentence.empty() && (sentence.back() == '.' || sentence.back() == ' '))
    sentence.pop_back();
  return sentence;
}

/// Returns the text of an error without the code in front, which is for programs: "corrupt: ...".
std::string ProblemWords(const std::string& error) {
  const std::size_t colon = error.find(": ");
  return Clause(ToDisplayText(colon == std::string::npos ? error : error.substr(colon + 2)));
}

/// One remark for each flag, with the images that have it.
void AddFlags(const ExamResults& exam, std::vector<std::string>& remarks) {
  for (const auto& flag : exam.exam.flags) {
    std::vector<std::string> names;
    std::size_t measured = 0;
    for (const auto& image : exam.images) {
      if (!image.result.ok()) continue;
      ++measured;
      if (std::ranges::count(image.result.flags, flag) > 0) names.push_back(OneWord(image.Name()));
    }
    std::string text = FlagSentence(flag);
    if (names.size() == measured && measured > 1) names = {"All images"};
    remarks.push_back(names.empty() ? text : fmt::format("{}: {}", fmt::join(names, ", "), text));
  }
}

/// Standard views of which the exam has no image, measured or not.
std::vector<std::string> AbsentViews(const ExamResults& exam) {
  std::vector<std::string> views;
  if (!exam.exam.left && !exam.exam.right) return views;
  for (const auto& view : exam.exam.missing) {  // "R-MLO"
    const bool there = std::ranges::any_of(exam.images, [&](const ExamImage& image) {
      const auto& metadata = image.result.metadata;
      return std::string(LateralityName(metadata.laterality)) + "-" + ViewName(metadata.view) ==
             view;
    });
    if (!there) views.push_back(view.substr(0, 1) + "\u00A0" + view.substr(2));
  }
  return views;
}

std::vector<std::string> PageRemarks(const ExamResults& exam) {
  std::vector<std::string> remarks;
  for (const auto& image : exam.images) {
    if (image.result.ok()) continue;
    remarks.push_back(OneWord(image.Name()) +
                      " was not measured: " + ProblemWords(image.result.error) + ".");
  }
  if (const auto views = AbsentViews(exam); !views.empty())
    remarks.push_back(fmt::format("Not in the exam: {}.", fmt::join(views, ", ")));
  AddFlags(exam, remarks);
  return remarks;
}

/// Puts the reader's result in the place of the model's.
void SetReader(const ReaderCorrection& reader, const StudyResult& study, PageText& page) {
  page.category = ToLetter(std::optional(reader.category));
  page.category_words = CategoryDescription(reader.category);
  page.category_words[0] -= 'a' - 'A';
  page.density = IsDense(reader.category) ? "Dense" : "Not dense";
  page.reader = "Reader: " + ReaderCategoryText(reader, study.category);
  page.category_basis = page.reader + (reader.accepted ? ", accepted." : ".");
  page.reader_remark =
      fmt::format("Reader {}, {}{}{}.", ToDisplayText(reader.author), ReaderTimeText(reader),
                  reader.comment.empty() ? "" : ": ", Clause(ToPrintableText(reader.comment)));
  if (!reader.percent) return;
  page.percent = PercentText(reader.percent);
  const std::string interval = IntervalText(study.percent_low, study.percent_high);
  page.interval =
      "Reader; model " +
      (study.percent_density ? PercentText(study.percent_density) + " %" : std::string("none"));
  if (!interval.empty()) page.interval += " (" + interval + " %)";
}

}  // namespace

std::string ToIsoDate(const std::string& yyyymmdd) {
  const bool digits =
      yyyymmdd.size() == 8 && yyyymmdd.find_first_not_of("0123456789") == std::string::npos;
  if (!digits) return ToDisplayText(yyyymmdd);
  return yyyymmdd.substr(0, 4) + "-" + yyyymmdd.substr(4, 2) + "-" + yyyymmdd.substr(6);
}

PageText MakePageText(const ExamResults& exam) {
  const StudyResult& study = exam.exam;
  PageText page;
  page.title = "Breast density";
  page.subtitle = Subtitle(exam);
  if (study.category) {
    page.category = ToLetter(study.category);
    page.category_words = CategoryDescription(*study.category);
    page.category_words[0] -= 'a' - 'A';
    page.density = IsDense(*study.category) ? "Dense" : "Not dense";
    page.model_category = page.category;
    page.category_basis = CategoryBasis(exam);
    page.probabilities = study.probabilities;
    for (std::size_t i = 0; i < 4; ++i)
      page.probability_texts[i] = ProbabilityText(study.probabilities[i]);
  }
  page.percent = PercentText(study.percent_density);
  const std::string interval = IntervalText(study.percent_low, study.percent_high);
  if (!interval.empty()) {
    page.interval = exam.model.coverage > 0
                        ? fmt::format("{:.0f} % interval {} %", 100 * exam.model.coverage, interval)
                        : "Interval " + interval + " %";
  }
  if (exam.options.reader) SetReader(*exam.options.reader, study, page);
  AddSide("Right breast", Laterality::kRight, study.right, exam, page.rows);
  AddSide("Left breast", Laterality::kLeft, study.left, exam, page.rows);
  AddSide("Side unknown", Laterality::kUnknown, study.unknown_side, exam, page.rows);
  page.rows.push_back(MakeScaleRow(ScaleRow::Kind::kExam, "Exam", study));
  if (!study.error.empty()) page.rows.back().problem = "not measured";
  page.remarks = PageRemarks(exam);
  page.notice = "Research use only. Not a medical device.";
  page.model = "Model " + MakeCalibratedName(exam.model.name + " " + exam.model.version,
                                             exam.model.calibration);
  page.program = std::string("mhcnn ") + Version();
  if (!exam.options.date_time.empty())
    page.program += ", " + ToIsoDate(exam.options.date_time.substr(0, 8));
  return page;
}

}  // namespace mhcnn
