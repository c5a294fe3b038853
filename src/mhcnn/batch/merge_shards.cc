#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>

#include "mhcnn/base/csv.h"
#include "mhcnn/base/csv_table.h"
#include "mhcnn/base/error.h"
#include "mhcnn/batch/batch.h"
#include "mhcnn/batch/batch_tables.h"
#include "mhcnn/batch/output_paths.h"
#include "mhcnn/batch/shard.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Number of parts of the batch in the folder.
int FindShards(const fs::path& output) {
  const int count = CountShards(output);
  if (count == 0) {
    throw Error(ErrorCode::kUsage, "contains no parts of a batch (results-*-of-*.journal)",
                output.string(), "run mhcnn predict --shard first");
  }
  return count;
}

/// Position of the result of a file.
struct ShardRow {
  std::string path;         ///< of the file
  int part = 0;             ///< whose journal has it
  std::uint64_t place = 0;  ///< in the journal
};

/// Joined content of the parts.
struct JoinedShards {
  nlohmann::json header;
  std::size_t inputs = 0;
  std::string digest;  ///< of the paths of all inputs; "": not known, of an earlier version
  LeftOutFiles left_out;
  double coverage = 0;         ///< of the intervals; 0: not known
  std::vector<ShardRow> rows;  ///< in the order of the paths
};

/// Throws where the rows are not those of the inputs, each once.
void CheckEachFileOnce(const JoinedShards& joined, const fs::path& output) {
  std::vector<std::string> paths;
  for (const ShardRow& row : joined.rows) paths.push_back(row.path);
  const bool twice = std::ranges::adjacent_find(paths) != paths.end();
  const bool others = !joined.digest.empty() && HashPaths(paths) != joined.digest;
  if (!twice && !others && paths.size() == joined.inputs) return;
  throw Error(ErrorCode::kUsage,
              "the parts contain " + std::to_string(paths.size()) + " of " +
                  std::to_string(joined.inputs) + " files" + (twice ? ", some of them twice" : "") +
                  (others ? ", not the same files" : "") + ": files changed between the parts",
              output.string(), "run mhcnn predict --shard --resume again for each part");
}

[[noreturn]] void ThrowOtherFiles(const fs::path& output, int first, int second, int count) {
  throw Error(ErrorCode::kUsage,
              fmt::format("parts {} and {} were made from different lists of files or differently "
                          "spelled paths (absolute and relative ones differ)",
                          first, second),
              output.string(),
              fmt::format("run --shard {0}/{2} and {1}/{2} again with --resume and the same inputs",
                          first, second, count));
}

JoinedShards JoinShards(const fs::path& output, int count) {
  JoinedShards joined;
  int first = 1;  // the first part that states the digest
  for (int i = 1; i <= count; ++i) {
    const fs::path path = JournalPath(output, Shard{i, count}.Suffix());
    const auto missing = [&](const std::string& problem) {
      throw Error(ErrorCode::kUsage,
                  "part " + std::to_string(i) + " of " + std::to_string(count) + " " + problem,
                  output.string(),
                  "run mhcnn predict --shard " + std::to_string(i) + "/" + std::to_string(count) +
                      " --resume");
    };
    if (!fs::exists(path)) missing("is missing");
    const Journal::Places content = Journal::ReadPlaces(path);
    if (!content.finished) missing("is not finished");
    if (i == 1) {
      joined.header = content.header;
      joined.inputs = content.inputs;
      joined.left_out = content.left_out;  // each part saw them all
    }
    if (content.header != joined.header) missing("was made with another model or other options");
    if (joined.digest.empty() && !content.inputs_digest.empty()) {
      joined.digest = content.inputs_digest;
      first = i;
    }
    const bool others = !content.inputs_digest.empty() && content.inputs_digest != joined.digest;
    if (content.inputs != joined.inputs || others) ThrowOtherFiles(output, first, i, count);
    // The same of all parts, as their headers are; an earlier version did not state it.
    joined.coverage = std::max(joined.coverage, content.coverage);
    for (const auto& [name, entry] : content.entries) joined.rows.push_back({name, i, entry.place});
  }
  std::ranges::sort(joined.rows, [](const ShardRow& a, const ShardRow& b) {
    return fs::path(a.path) < fs::path(b.path);
  });
  CheckEachFileOnce(joined, output);
  return joined;
}

/// The journals of the parts, of which only some are open at a time.
class ShardReaders {
 public:
  ShardReaders(fs::path output, int count) : output_(std::move(output)), count_(count) {}

  Result At(const ShardRow& row) {
    constexpr std::size_t kMostOpen = 64;
    auto found = open_.find(row.part);
    if (found == open_.end()) {
      if (open_.size() == kMostOpen) open_.clear();
      found =
          open_.try_emplace(row.part, JournalPath(output_, Shard{row.part, count_}.Suffix())).first;
    }
    return found->second.At(row.place);
  }

 private:
  fs::path output_;
  int count_;
  std::map<int, JournalReader> open_;
};

/// Reads the entries of the shards' tables about the objects of their exams.
ExamObjectFiles ReadObjects(const fs::path& output, int count) {
  ExamObjectFiles of_study;
  for (int i = 1; i <= count; ++i) {
    const fs::path path = output / ("studies" + Shard{i, count}.Suffix() + ".csv");
    std::error_code ec;
    if (!fs::exists(path, ec) || fs::is_empty(path, ec)) continue;
    const CsvTable table(path, StudyColumns());
    const auto objects_at = table.Find("objects"), error_at = table.Find("objects_error");
    if (!objects_at || !error_at) continue;
    for (const CsvRecord& row : table.rows()) {
      if (row.fields.size() <= std::max(*objects_at, *error_at)) continue;
      const std::string &objects = row.fields[*objects_at], &error = row.fields[*error_at];
      if (objects.empty() && error.empty()) continue;
      std::vector<std::string> names;
      std::istringstream list(objects);
      for (std::string name; std::getline(list, name, ';');) names.push_back(name);
      of_study[row.fields.front()] = {std::move(names), error};
    }
  }
  return of_study;
}

}  // namespace

BatchReport MergeShards(const fs::path& output, bool page) {
  if (page) CheckPageOverwrite(output);
  const int count = FindShards(output);
  JoinedShards joined = JoinShards(output, count);
  const nlohmann::json& header = joined.header;
  const bool by_folder = header.value("study_by", "") == "folder";
  const ExamObjectFiles objects = ReadObjects(output, count);
  BatchReport report;
  report.left_out = std::move(joined.left_out);
  BatchTables tables{output, "", header.value("model", nlohmann::json()),
                     by_folder ? StudyBy::kFolder : StudyBy::kAuto};
  if (page) {
    tables.page.emplace();
    tables.page->files = joined.rows.size();
    tables.page->coverage = joined.coverage;
    tables.page->pictures = header.value("overlays", 1) != 0 && header.value("page", true);
  }
  tables.complete = [&](StudyResult& study) {
    const auto found = objects.find(CsvText(study.study));
    if (found != objects.end()) std::tie(study.objects, study.objects_error) = found->second;
  };
  tables.on_row = [&](const Result&) { ++report.files; };
  tables.on_exam = [&](const StudyResult&) { ++report.exams; };
  ShardReaders readers(output, count);
  WriteBatchTables({joined.rows.size(), [&](std::size_t i) { return readers.At(joined.rows[i]); }},
                   tables, report.left_out);
  return report;
}

}  // namespace mhcnn
