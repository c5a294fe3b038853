#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "mhcnn/results/studies.h"

namespace mhcnn {

/// Content of the page of a batch in addition to its results.
struct BatchPageInfo {
  nlohmann::json model;  ///< ModelSummary
  /// Fraction of readers' values that the intervals should contain; 0: not known.
  double coverage = 0;
  std::size_t files = 0;  ///< files of the batch; more than its results if interrupted
  std::string left_out;   ///< files without a row, in words; "": none
  bool pictures = true;   ///< whether the run drew pictures of the page
};

/// Refuses to write the page of a batch over a file of another program. Throws Error(kUsage) if
/// index.html exists and is not a page of this program.
void CheckPageOverwrite(const std::filesystem::path& output);

/// Returns whether a file begins like a page that WriteBatchPage wrote.
bool IsBatchPage(std::string_view head);
/// Number of bytes at the beginning of a file that IsBatchPage needs.
inline constexpr std::size_t kBatchPageHead = 64;

/// Writes the page as WriteBatchPage does, from results and exams that do not fit into memory
/// together: all results first, then the exams in their order, then Finish. Without Finish the
/// earlier page remains, perhaps with other parts. Throws kIo.
class BatchPageWriter {
 public:
  /// Begins a page. `coverage` as in BatchPageInfo.
  BatchPageWriter(std::filesystem::path output, double coverage);
  ~BatchPageWriter();
  BatchPageWriter(const BatchPageWriter&) = delete;
  BatchPageWriter& operator=(const BatchPageWriter&) = delete;

  /// Adds a result.
  void AddResult(const Result& result);
  /// Adds an exam and its files.
  void AddExam(const StudyResult& study, const StudyGroup& group);
  /// Writes the remaining files, index.html last.
  void Finish(const BatchPageInfo& metadata);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes index.html and, in the folder page/, the data that it loads: page/exams.js with a row for
/// each exam, and page/exams-N.js with all figures of kExamsPerFile exams, loaded when one of them
/// is opened. The page needs no server and loads nothing from outside the folder. Its figures have
/// the digits of results.csv and studies.csv. `studies` are those of MakeStudies(results,
/// study_by). Each file is replaced as a whole, index.html last. Throws Error(kIo).
void WriteBatchPage(const std::filesystem::path& output, const std::vector<Result>& results,
                    const std::vector<StudyResult>& studies, StudyBy study_by,
                    const BatchPageInfo& metadata);

/// Number of exams whose figures are in one file.
inline constexpr std::size_t kExamsPerFile = 100;
/// Returns the files of the page of `exams` exams in the folder `output`, without the pictures.
std::set<std::filesystem::path> BatchPageFiles(const std::filesystem::path& output,
                                               std::size_t exams);

}  // namespace mhcnn
