#pragma once

#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"
#include "mhcnn/results/studies.h"

namespace mhcnn::cli {

/// The end of a name, as long as a column of the tables.
std::string Shortened(const std::string& name);
/// Prints a row for each file, up to a screen of them.
void PrintTable(const std::vector<Result>& results);
/// Prints exams of several files; of one alone the table of files has said all.
void PrintStudies(std::vector<StudyResult> studies);
/// Prints where the processors' time went.
void PrintStages(const StageSeconds& s);
/// Prints how many exams have which category.
void PrintCategories(const std::vector<StudyResult>& studies);

}  // namespace mhcnn::cli
