#include "mhcnn/page/batch_page.h"

#include <fmt/format.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/version.h"
#include "mhcnn/page/exam_rows.h"
#include "mhcnn/page/page_picture.h"
#include "mhcnn/page/page_texts.h"
#include "mhcnn/page/script_text.h"
#include "mhcnn/page/web_files.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::size_t kRowsInCall = 2000;

std::string PartName(std::size_t part) { return fmt::format("exams-{}.js", part); }

/// Files of details that an earlier, larger batch left here.
void RemoveParts(const fs::path& folder, std::size_t from) {
  std::error_code ec;
  for (std::size_t part = from; fs::remove(folder / PartName(part), ec); ++part) {
  }
}

}  // namespace

bool IsBatchPage(std::string_view head) { return head.starts_with(kPageStart); }

void CheckPageOverwrite(const fs::path& output) {
  const fs::path path = output / "index.html";
  std::error_code ec;
  if (!fs::exists(fs::symlink_status(path, ec))) return;
  if (fs::is_regular_file(path, ec)) {
    std::ifstream file(path, std::ios::binary);
    std::string head(kBatchPageHead, '\0');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    if (IsBatchPage(head)) return;
  }
  throw Error(ErrorCode::kUsage, "is not a page of mhcnn and would be replaced", path.string(),
              "give another output folder, or --no-page");
}

struct BatchPageWriter::State {
  State(fs::path folder_of_run, double fraction)
      : output(std::move(folder_of_run)),
        coverage(fraction),
        folder(output / kPageFolder),
        table(folder / "exams.js") {}

  static std::string Call(const std::string& name, const std::string& list) {
    return name + ToParsedScriptValue("[" + list + "]") + ");\n";
  }

  void WriteRows() {
    if (!rows.empty()) table.Write(Call("mhcnnRows(", rows));
    rows.clear();
  }

  void WritePart() {
    if (details.empty()) return;
    const std::size_t part = (exams - 1) / kExamsPerFile;
    WriteFileAtomically(folder / PartName(part), Call(fmt::format("mhcnnPart({},", part), details));
    details.clear();
  }

  json Metadata(const BatchPageInfo& metadata) const {
    return {{"version", Version()},
            {"model", metadata.model},
            {"coverage", metadata.coverage},
            {"files", metadata.files},
            {"done", results},
            {"failed", failed},
            {"failed_by_code", codes},
            {"exams", exams},
            {"part", kExamsPerFile},
            {"left_out", metadata.left_out},
            {"pictures", metadata.pictures}};
  }

  fs::path output;
  double coverage;
  fs::path folder;
  AtomicFile table;
  CommonFolder shared;
  StringTable flags;
  std::size_t results = 0, failed = 0, exams = 0;
  std::map<std::string, std::size_t> codes;
  std::string rows, details;
};

BatchPageWriter::BatchPageWriter(fs::path output, double coverage)
    : state_(std::make_unique<State>(std::move(output), coverage)) {}
BatchPageWriter::~BatchPageWriter() = default;

void BatchPageWriter::AddResult(const Result& result) {
  ++state_->results;
  state_->shared.Add(result.metadata.path);
  if (result.ok()) return;
  ++state_->failed;
  ++state_->codes[result.error.substr(0, result.error.find(':'))];
}

void BatchPageWriter::AddExam(const StudyResult& study, const StudyGroup& group) {
  State& s = *state_;
  const PageExam exam{&study, &group};
  s.rows += (s.rows.empty() ? "" : ",") + ExamRow(exam, s.shared.path(), s.flags);
  s.details += (s.details.empty() ? "" : ",") + ExamDetails(exam, s.coverage);
  ++s.exams;
  if (s.exams % kRowsInCall == 0) s.WriteRows();
  if (s.exams % kExamsPerFile == 0) s.WritePart();
}

void BatchPageWriter::Finish(const BatchPageInfo& metadata) {
  State& s = *state_;
  s.WriteRows();
  s.WritePart();
  json about = s.Metadata(metadata);
  about["folder"] = ToDisplayText(s.shared.path());
  about["words"] = PageTextsJson(s.flags);
  s.table.Write("mhcnnBatch(" +
                ToParsedScriptValue(about.dump(-1, ' ', true, json::error_handler_t::replace)) +
                ");\n");
  s.table.Commit();
  RemoveParts(s.folder, (s.exams + kExamsPerFile - 1) / kExamsPerFile);
  WriteFileAtomically(s.output / "index.html", BatchPageHtml());
}

void WriteBatchPage(const fs::path& output, const std::vector<Result>& results,
                    const std::vector<StudyResult>& studies, StudyBy study_by,
                    const BatchPageInfo& metadata) {
  const auto groups = GroupStudies(results, study_by);
  if (groups.size() != studies.size())
    throw Error(ErrorCode::kInternal, "the exams are not those of the results");
  BatchPageWriter writer(output, metadata.coverage);
  for (const auto& result : results) writer.AddResult(result);
  for (std::size_t i = 0; i < groups.size(); ++i) writer.AddExam(studies[i], groups[i]);
  writer.Finish(metadata);
}

std::set<fs::path> BatchPageFiles(const fs::path& output, std::size_t exams) {
  const fs::path folder = output / kPageFolder;
  std::set<fs::path> files = {output / "index.html", folder / "exams.js"};
  for (std::size_t part = 0; part * kExamsPerFile < exams; ++part)
    files.insert(folder / PartName(part));
  return files;
}

}  // namespace mhcnn
