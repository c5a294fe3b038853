#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"
#include "mhcnn/results/studies.h"

namespace mhcnn::cli {

/// Printed tables of a batch: a screen of rows and exams, and counts of all.
struct BatchSummary {
  std::vector<Result> rows;  ///< first rows
  /// Number of rows, of rows that could not be measured, and of rows with flags.
  std::size_t files = 0, failed = 0, flagged = 0;
  bool scaled = false;             ///< whether a calibration changed a percent density
  std::vector<StudyResult> exams;  ///< first exams of several files
  /// Number of exams, and of exams of several files.
  std::size_t exam_count = 0, of_several = 0;
  std::array<std::size_t, 5> categories{};  ///< number of exams of a to d, and without a category
  /// Number of result objects, of exams with them, and of exams without them because of an error.
  std::size_t objects = 0, with_objects = 0, without_objects = 0;
  std::vector<std::string> object_errors;  ///< "EXAM: PROBLEM"

  /// Adds the next row.
  void Add(const Result& result);
  /// Adds the next exam.
  void Add(const StudyResult& study);
};

/// Returns the end of a name, at most as long as a column of the tables.
std::string Shortened(const std::string& name);
/// Prints a row for each file, up to a screen of them.
void PrintTable(const BatchSummary& summary);
/// Prints exams of several files; an exam of one file is complete in the table of files.
void PrintStudies(const BatchSummary& summary);
/// Prints the fractions of the processors' time by stage.
void PrintStages(const StageSeconds& s);
/// Prints the number of exams of each category.
void PrintCategories(const BatchSummary& summary);

}  // namespace mhcnn::cli
