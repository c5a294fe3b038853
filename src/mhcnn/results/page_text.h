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
  Kind kind = Kind::kImage;                  ///< kind of this row
  std::string label;                         ///< "R MLO", "Right breast", "Exam"
  std::optional<double> percent, low, high;  ///< positions of the marks, 0..100
  std::string percent_text;                  ///< "23.4"
  std::string interval_text;                 ///< "15.1 to 33.0"
  std::string category_text;                 ///< "c"
  std::string dense_text, breast_text;       ///< areas in cm2: "34.06", "150.21"
  std::string problem;                       ///< reason why there is no percent
};

/// All words and figures of the summary page; a missing one is "". The figures are those of
/// results.csv and studies.csv, digit by digit (number_text.h). If a reader has seen the exam,
/// category and percent are the reader's, and the interval, the probabilities and the rows the
/// model's.
struct PageText {
  std::string title, subtitle;           ///< title of the page; date and images of the exam
  std::string category, category_words;  ///< "c", "Heterogeneously dense"
  std::string density;                   ///< "Dense", "Not dense"
  std::string category_basis;            ///< breast that decides, and the range
  /// Probabilities of a to d.
  std::array<double, 4> probabilities{};
  std::array<std::string, 4> probability_texts;  ///< "0.7312"
  std::string reader;             ///< "Reader: c (model: b)"; "" where no reader has seen the exam
  std::string reader_remark;      ///< name of the reader, time and comment
  std::string model_category;     ///< category of the model's probabilities: "b"
  std::string percent, interval;  ///< "23.4", "90 % interval 15.1 to 33.0 %"
  std::vector<ScaleRow> rows;     ///< images and breast of each side, the exam
  std::vector<std::string> remarks;    ///< refusals, missing views, flags: in words
  std::string notice, model, program;  ///< lines at the foot of the page
};

/// Makes the texts of the page. None of them names the patient or a file: the header does.
PageText MakePageText(const ExamResults& exam);

/// Returns "2024-05-13" for "20240513"; other text unchanged.
std::string ToIsoDate(const std::string& yyyymmdd);

}  // namespace mhcnn
