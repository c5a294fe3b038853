#include "mhcnn/page/batch_page.h"

#include <fmt/format.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/version.h"
#include "mhcnn/page/exam_rows.h"
#include "mhcnn/page/page_picture.h"
#include "mhcnn/page/page_words.h"
#include "mhcnn/page/script_text.h"
#include "mhcnn/page/web_files.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::size_t kRowsInCall = 2000;

json Facts(const BatchPageFacts& facts, const std::vector<Result>& results, std::size_t exams) {
  std::size_t failed = 0;
  std::map<std::string, std::size_t> codes;
  for (const auto& result : results) {
    if (result.ok()) continue;
    ++failed;
    ++codes[result.error.substr(0, result.error.find(':'))];
  }
  return {{"version", Version()},       {"model", facts.model},
          {"coverage", facts.coverage}, {"files", facts.files},
          {"done", results.size()},     {"failed", failed},
          {"failed_by_code", codes},    {"exams", exams},
          {"part", kExamsInPart},       {"left_out", facts.left_out},
          {"pictures", facts.pictures}};
}

std::string PartName(std::size_t part) { return fmt::format("exams-{}.js", part); }

/// Files of details that an earlier, larger batch left here.
void RemoveParts(const fs::path& folder, std::size_t from) {
  std::error_code ec;
  for (std::size_t part = from; fs::remove(folder / PartName(part), ec); ++part) {
  }
}

}  // namespace

bool IsBatchPage(std::string_view head) { return head.starts_with(kPageStart); }

void CheckPagePlace(const fs::path& output) {
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

void WriteBatchPage(const fs::path& output, const std::vector<Result>& results,
                    const std::vector<StudyResult>& studies, StudyBy study_by,
                    const BatchPageFacts& facts) {
  const auto groups = GroupStudies(results, study_by);
  if (groups.size() != studies.size())
    throw Error(ErrorCode::kInternal, "the exams are not those of the results");
  const fs::path folder = output / kPageFolder;
  const std::string shared = SharedFolder(results);
  SharedWords flags;
  AtomicFile table(folder / "exams.js");
  std::string rows, details;
  const auto call = [](const std::string& name, const std::string& list) {
    return name + ParsedScriptValue("[" + list + "]") + ");\n";
  };
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const PageExam exam{&studies[i], &groups[i]};
    rows += (rows.empty() ? "" : ",") + ExamRow(exam, shared, flags);
    details += (details.empty() ? "" : ",") + ExamDetails(exam, facts.coverage);
    const bool last = i + 1 == groups.size();
    if (last || (i + 1) % kRowsInCall == 0) {
      table.Write(call("mhcnnRows(", rows));
      rows.clear();
    }
    if (last || (i + 1) % kExamsInPart == 0) {
      const std::size_t part = i / kExamsInPart;
      WriteFileAtomically(folder / PartName(part),
                          call(fmt::format("mhcnnPart({},", part), details));
      details.clear();
    }
  }
  json about = Facts(facts, results, groups.size());
  about["folder"] = ShownText(shared);
  about["words"] = PageWords(flags);
  table.Write("mhcnnBatch(" +
              ParsedScriptValue(about.dump(-1, ' ', true, json::error_handler_t::replace)) +
              ");\n");
  table.Commit();
  RemoveParts(folder, (groups.size() + kExamsInPart - 1) / kExamsInPart);
  WriteFileAtomically(output / "index.html", BatchPageHtml());
}

}  // namespace mhcnn
