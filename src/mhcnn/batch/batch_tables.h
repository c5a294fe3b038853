#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/analyze/result.h"
#include "mhcnn/page/batch_page.h"
#include "mhcnn/results/left_out_files.h"
#include "mhcnn/results/studies.h"

namespace mhcnn {

/// The results of a batch, each made on request: they need not all fit into memory.
struct BatchRows {
  std::size_t count = 0;                  ///< number of results, left-out files included
  std::function<Result(std::size_t)> at;  ///< the result of a number from 0, without masks
};

/// Result objects of each exam, by its name: their files, and why some could not be written.
using ExamObjectFiles = std::map<std::string, std::pair<std::vector<std::string>, std::string>>;

/// Content of the tables of a batch.
struct BatchTables {
  std::filesystem::path output;  ///< folder
  std::string suffix;            ///< end of the names of the tables: Shard::Suffix()
  nlohmann::json model;          ///< ModelSummary
  /// Rule by which files form one exam.
  StudyBy study_by = StudyBy::kAuto;
  /// If present, index.html and its data are written; `model` and `left_out` are filled in, and
  /// files that turn out to be left out are subtracted from `files`.
  std::optional<BatchPageInfo> page{};
  /// Adds to an exam what does not follow from its images, before it is written.
  std::function<void(StudyResult&)> complete{};
  /// Called for each row and for each exam, in their order.
  std::function<void(const Result&)> on_row{};
  std::function<void(const StudyResult&)> on_exam{};  ///< as on_row, for each exam
};

/// Writes results.csv, studies.csv, results.json and the page, a row at a time: the same bytes as
/// ResultsCsv, StudiesCsv, ResultsJson and WriteBatchPage of all. Reads each result twice, and
/// keeps in memory the name of each exam and the images of one. A result of a file that turned out
/// not to be measured (Result::left_out) has no row and is added to `left_out`. Throws kIo and what
/// `rows` throws.
void WriteBatchTables(const BatchRows& rows, const BatchTables& tables, LeftOutFiles& left_out);

}  // namespace mhcnn
