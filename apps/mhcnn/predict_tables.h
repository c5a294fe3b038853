#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"
#include "mhcnn/results/studies.h"

namespace mhcnn::cli {

/// What is printed of a batch: a screen of rows and exams, and counts of all.
struct BatchSummary {
  std::vector<Result> rows;  ///< the first of them
  /// Number of rows, of those that could not be measured, and of those with flags.
  std::size_t files = 0, failed = 0, flagged = 0;
  bool scaled = false;             ///< a calibration changed a percent
  std::vector<StudyResult> exams;  ///< the first of several files
  /// Number of exams, and of those of several files.
  std::size_t exam_count = 0, of_several = 0;
  std::array<std::size_t, 5> categories{};  ///< exams of a to d, and without a category
  /// Result objects, exams with them, and exams without where they were asked for.
  std::size_t objects = 0, with_objects = 0, without_objects = 0;
  std::vector<std::string> object_errors;  ///< "EXAM: PROBLEM"

  /// Takes note of the next row.
  void Add(const Result& result);
  /// Takes note of the next exam.
  void Add(const StudyResult& study);
};

/// The end of a name, as long as a column of the tables.
std::string Shortened(const std::string& name);
/// Prints a row for each file, up to a screen of them.
void PrintTable(const BatchSummary& summary);
/// Prints exams of several files; of one alone the table of files has said all.
void PrintStudies(const BatchSummary& summary);
/// Prints where the processors' time went.
void PrintStages(const StageSeconds& s);
/// Prints how many exams have which category.
void PrintCategories(const BatchSummary& summary);

}  // namespace mhcnn::cli
