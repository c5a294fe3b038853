#pragma once

#include <string>
#include <vector>

#include "mhcnn/results/studies.h"

namespace mhcnn {

/// Words that many rows share, as numbers in the order in which they came first.
class StringTable {
 public:
  /// Returns the number of a word, which is added if it is new.
  std::size_t FindOrAdd(const std::string& word);
  /// Returns the words by number.
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::vector<std::string> words_;  // few
};

/// An exam as the page shows it: StudyResult and its files.
struct PageExam {
  const StudyResult* study = nullptr;  ///< figures of the exam
  const StudyGroup* group = nullptr;   ///< its files
};

/// Returns the row of an exam in the page's table, a JSON array: see web/batch_data.js. `shared` is
/// the beginning that the paths of all files have in common and that the row leaves out.
std::string ExamRow(const PageExam& exam, const std::string& shared, StringTable& flags);
/// Returns all figures of an exam, a JSON object: its images, breasts, remarks and objects.
std::string ExamDetails(const PageExam& exam, double coverage);

/// The folder that all paths are in.
class CommonFolder {
 public:
  /// Adds a path.
  void Add(const std::string& path);
  /// Returns the folder with its last "/"; "" if the paths have none in common.
  const std::string& path() const { return shared_; }

 private:
  std::string shared_;
  bool begun_ = false;
};

/// Returns CommonFolder of all results' paths.
std::string FindCommonFolder(const std::vector<Result>& results);

}  // namespace mhcnn
