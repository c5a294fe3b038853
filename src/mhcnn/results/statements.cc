#include "mhcnn/results/statements.h"

#include <fmt/format.h>

#include <array>

#include "mhcnn/results/number_text.h"

namespace mhcnn {

const char* CategoryDescription(DensityCategory category) {
  static constexpr std::array words = {"almost entirely fatty",
                                       "scattered areas of fibroglandular density",
                                       "heterogeneously dense", "extremely dense"};
  return words.at(static_cast<std::size_t>(ToIndex(category)));
}

std::string CategorySentence(DensityCategory category) {
  return fmt::format("BI-RADS 5th edition density category {} ({}): {}", ToLetter(category),
                     CategoryDescription(category), IsDense(category) ? "dense" : "not dense");
}

std::string PercentPhrase(const std::optional<double>& percent, const std::optional<double>& low,
                          const std::optional<double>& high) {
  if (!percent) return "";
  std::string text = "percent density " + PercentText(percent) + " %";
  if (low && high) text += " (interval " + PercentText(low) + " to " + PercentText(high) + " %)";
  return text;
}

std::string ProbabilityPhrase(const std::array<double, 4>& probabilities) {
  std::string text = "probabilities";
  for (std::size_t i = 0; i < 4; ++i) {
    text += fmt::format("{} {} {}", i == 0 ? "" : ",",
                        ToLetter(CategoryFromIndex(static_cast<std::int64_t>(i))),
                        ProbabilityText(probabilities[i]));
  }
  return text;
}

namespace {

void AddFigures(const std::string& of, const std::string& percent,
                const std::optional<DensityCategory>& category,
                const std::array<double, 4>& probabilities, std::vector<std::string>& statements) {
  std::string text = of + ": ";
  if (category) text += CategorySentence(*category) + "; " + ProbabilityPhrase(probabilities);
  if (!percent.empty()) text += (category ? "; " : "") + percent;
  if (category || !percent.empty()) statements.push_back(text + ".");
}

}  // namespace

std::vector<std::string> ExamStatements(const ExamResults& exam) {
  std::vector<std::string> statements;
  const StudyResult& s = exam.exam;
  AddFigures("Exam", PercentPhrase(s.percent_density, s.percent_low, s.percent_high), s.category,
             s.probabilities, statements);
  for (const auto& [name, breast] : {std::pair{"Right breast", &s.right},
                                     {"Left breast", &s.left},
                                     {"Breast of unknown side", &s.unknown_side}}) {
    if (!*breast) continue;
    const BreastResult& b = **breast;
    AddFigures(name, PercentPhrase(b.percent_density, b.percent_low, b.percent_high), b.category,
               b.probabilities, statements);
  }
  for (const auto& image : exam.images) {
    const Result& r = image.result;
    if (!r.ok()) continue;
    AddFigures("Image " + image.Name(),
               PercentPhrase(r.percent_density, r.percent_low, r.percent_high), r.category,
               r.probabilities, statements);
  }
  statements.push_back(
      std::string("Percent density is ") + kFormula +
      (exam.model.calibration.empty() ? "." : ", on the scale of the readers of a calibration."));
  if (exam.model.coverage > 0) {
    statements.push_back(
        fmt::format("The intervals should contain the readers' values for {:.0f} % of images.",
                    100 * exam.model.coverage));
  } else {
    statements.push_back("There are no intervals: the model is not calibrated.");
  }
  if (!exam.is_dicom()) {
    statements.push_back(
        "The images were not DICOM files: Patient ID, study, series and image UIDs were made from "
        "their bytes.");
  }
  for (auto& remark : Remarks(exam)) statements.push_back(std::move(remark));
  statements.push_back("Measured by " + AsciiText(s.model) + ".");
  statements.emplace_back(kResearchOnly);
  return statements;
}

}  // namespace mhcnn
