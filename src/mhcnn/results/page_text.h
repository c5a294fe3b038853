#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

/// A line of the scale: an image, a breast or the exam.
struct ScaleRow {
  /// Kinds of rows.
  enum class Kind { kImage, kBreast, kExam };
  Kind kind = Kind::kImage;                  ///< what this row is about
  std::string label;                         ///< "R MLO", "Right breast", "Exam"
  std::optional<double> percent, low, high;  ///< where the marks stand, 0..100
  std::string percent_text;                  ///< "23.4"
  std::string interval_text;                 ///< "15.1 to 33.0"
  std::string category_text;                 ///< "c"
  std::string dense_text, breast_text;       ///< "34.06", "150.21": cm2
  std::string problem;                       ///< why there is no percent
};

/// Every word and figure of the summary page; what there is not is "". The figures are those of
/// results.csv and studies.csv, digit by digit (printed.h). Where a reader has seen the exam,
/// category and percent are the reader's, and the interval, the probabilities and the rows the
/// model's.
struct PageText {
  std::string title, subtitle;           ///< of the page; date of the exam, its images
  std::string category, category_words;  ///< "c", "Heterogeneously dense"
  std::string density;                   ///< "Dense", "Not dense"
  std::string category_basis;            ///< which breast decides, and the range
  /// Probabilities of a to d.
  std::array<double, 4> probabilities{};
  std::array<std::string, 4> probability_texts;  ///< "0.7312"
  std::string reader;             ///< "Reader: c (model: b)"; "" where no reader has seen the exam
  std::string reader_remark;      ///< who said it, when, and the comment
  std::string model_category;     ///< "b": the model's, whose the probabilities are
  std::string percent, interval;  ///< "23.4", "90 % interval 15.1 to 33.0 %"
  std::vector<ScaleRow> rows;     ///< images and breast of each side, the exam
  std::vector<std::string> remarks;    ///< refusals, missing views, flags: in words
  std::string notice, model, program;  ///< at the foot of the page
};

/// Nothing in it names the patient or a file: the header does.
PageText MakePageText(const ExamResults& exam);

/// "2024-05-13" of "20240513"; other text stays as it is.
std::string DateText(const std::string& yyyymmdd);

}  // namespace mhcnn
