#include "mhcnn/batch/batch.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

#include "mhcnn/base/csv.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/folder.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/text.h"
#include "mhcnn/batch/drawings.h"
#include "mhcnn/batch/exam_objects.h"
#include "mhcnn/batch/measure_item.h"
#include "mhcnn/batch/output_paths.h"
#include "mhcnn/batch/own_files.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/png_text.h"
#include "mhcnn/page/batch_page.h"
#include "mhcnn/results/results_table.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

fs::path JournalPath(const fs::path& output, const std::string& suffix) {
  return output / ("results" + suffix + ".journal");
}

/// The result without its masks, which the table does not need and memory would not hold for
/// thousands.
Result WithoutMasks(Result result) {
  result.breast.release();
  result.dense.release();
  result.pectoral.release();
  return result;
}

void WriteTables(const fs::path& output, const std::string& suffix, const BatchReport& report,
                 const nlohmann::json& model) {
  WriteFileAtomically(output / ("results" + suffix + ".csv"), ResultsCsv(report.results));
  WriteFileAtomically(output / ("studies" + suffix + ".csv"), StudiesCsv(report.studies));
  WriteFileAtomically(output / ("results" + suffix + ".json"),
                      ResultsJson(report.results, report.studies, model, report.left_out));
}

void WritePage(const fs::path& output, const BatchReport& report, const nlohmann::json& model,
               StudyBy study_by, BatchPageFacts facts) {
  facts.model = model;
  facts.left_out = report.left_out.Text();
  WriteBatchPage(output, report.results, report.studies, study_by, facts);
}

/// A row with an error says nothing else of the picture than what its header says.
Result WithoutFigures(Result result) {
  Result bare;
  bare.facts = std::move(result.facts);
  bare.size = result.size;
  bare.error = std::move(result.error);
  bare.model = std::move(result.model);
  bare.seconds = result.seconds;
  bare.stages = result.stages;
  return bare;
}

/// Takes the files that turned out to be none to measure out of the results.
void LeaveOut(BatchReport& report) {
  std::erase_if(report.results, [&](const Result& result) {
    const auto kind = LeftOutOfWord(result.left_out);
    if (kind) report.left_out.Add(*kind, result.facts.path);
    return kind.has_value();
  });
}

/// What the system refused once (disk, network, memory), it may give now. Where memory lacks while
/// the engine runs, its error is "internal".
bool MayPassNow(const std::string& error) {
  return std::ranges::any_of(
      std::array{ErrorCode::kIo, ErrorCode::kLimit, ErrorCode::kInternal},
      [&](ErrorCode code) { return error.starts_with(ErrorCodeName(code)); });
}

/// A result, and how long its drawings took without the disk.
struct DrawnResult {
  Result result;
  double draw = 0;
};

/// Analyses one item and writes what is drawn of it.
DrawnResult AnalyzeItem(const Analyzer& analyzer, const BatchItem& item,
                        const BatchOptions& options, int drawing_threads) {
  Analysis analysis = MeasureItem(analyzer, item);
  DrawnResult drawn{std::move(analysis.result)};
  Result& result = drawn.result;
  const GreyImage pixels = analysis.image;
  if (!result.ok() || !result.left_out.empty()) return drawn;
  try {
    drawn.draw = WriteDrawings(pixels, item, options, drawing_threads, result);
  } catch (const Error& e) {
    // A full or failing disk ends the batch; what is wrong with this file alone does not.
    if (e.code() == ErrorCode::kIo || e.code() == ErrorCode::kInterrupted) throw;
    const std::string what = e.subject().empty() ? e.problem() : e.subject() + " " + e.problem();
    result.error =
        ErrorText(Error(e.code(), "its drawing cannot be written: " + what, {}, e.remedy()));
  } catch (const std::bad_alloc&) {
    result.error = "limit: the drawings need more memory than there is";
  } catch (const cv::Exception& e) {
    result.error = "internal: " + Error(ErrorCode::kInternal, e.err).problem();
  }
  if (!result.ok()) result = WithoutFigures(std::move(result));
  return drawn;
}

/// The objects of the exams; false where it was interrupted.
bool WriteObjects(const Analyzer& analyzer, const std::vector<BatchItem>& items,
                  const BatchOptions& options, BatchReport& report) {
  ExamObjectOptions objects;
  objects.output = options.output;
  objects.formats = options.formats;
  objects.objects = options.objects;
  objects.model = ObjectModelOf(analyzer);
  objects.study_by = options.study_by;
  objects.has_masks = analyzer.backend().card().network.Has(Head::kSegmentation);
  objects.workers = options.workers;
  try {
    WriteExamObjects(report.results, items, objects, report.studies);
    return true;
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kInterrupted) throw;
    return false;
  }
}

const char* StudyByName(StudyBy by) { return by == StudyBy::kFolder ? "folder" : "auto"; }

/// What the tables of the shards say of the objects of their exams.
void TakeObjects(const fs::path& output, int count, std::vector<StudyResult>& studies) {
  std::map<std::string, std::pair<std::string, std::string>> of_study;
  for (int i = 1; i <= count; ++i) {
    const fs::path path = output / ("studies" + Shard{i, count}.Suffix() + ".csv");
    std::error_code ec;
    if (!fs::exists(path, ec)) continue;
    const auto rows = ParseCsv(ReadTextFile(path));
    for (std::size_t r = 1; r < rows.size(); ++r) {
      if (rows[r].size() != StudyColumns().size()) continue;
      of_study[rows[r].front()] = {rows[r][rows[r].size() - 2], rows[r].back()};
    }
  }
  for (auto& study : studies) {
    const auto found = of_study.find(CsvText(study.study));
    if (found == of_study.end()) continue;
    std::istringstream names(found->second.first);
    for (std::string name; std::getline(names, name, ';');) study.objects.push_back(name);
    study.objects_error = found->second.second;
  }
}

}  // namespace

void BatchOptions::Check() const {
  if (output.empty()) throw Error(ErrorCode::kUsage, "output names no folder");
  overlay.Check();
  CheckAtLeast("workers", workers, 0);
  objects.Check();
  if (HasObjects(formats) && !masks)
    throw Error(ErrorCode::kUsage, "formats of result objects need masks");
}

BatchReport RunBatch(const Analyzer& analyzer, const std::vector<BatchItem>& items,
                     const BatchOptions& options,
                     const std::function<void(const Result&, bool)>& on_result) {
  options.Check();
  if (options.page) CheckPagePlace(options.output);
  const std::string suffix = options.shard.Suffix();
  const nlohmann::json model = ModelSummary(analyzer.backend().card(), analyzer.calibration());
  nlohmann::json header = options.header.is_object() ? options.header : nlohmann::json::object();
  header["model"] = model;
  // What a shard holds depends on it; a whole batch may be grouped anew from its journal.
  if (!options.shard.IsWhole()) header["study_by"] = StudyByName(options.study_by);
  Journal journal(JournalPath(options.output, suffix), header, options.start);
  if (options.overlays) MakeFolder(options.output / "overlays");
  if ((options.masks || options.nifti) &&
      analyzer.backend().card().network.Has(Head::kSegmentation)) {
    MakeFolder(options.output / "masks");
  }

  if (options.start != JournalStart::kNew) RemovePartialOutputs(items, options);
  BatchReport report;
  std::vector<std::optional<Result>> slots(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    slots[i] = journal.Take(items[i]);
    if (slots[i] && MayPassNow(slots[i]->error)) slots[i].reset();
    if (!slots[i]) continue;
    ++report.resumed;
    if (on_result) on_result(*slots[i], true);
  }
  const int workers = options.workers > 0 ? options.workers : AvailableThreads();
  const std::size_t to_do = items.size() - report.resumed;
  // Of fewer files than workers each has several threads to draw with.
  const int drawing_threads =
      std::max(1, workers / static_cast<int>(std::clamp<std::size_t>(to_do, 1, 4096)));
  BatchProfile& profile = report.profile;
  profile.workers =
      static_cast<int>(std::min<std::size_t>(to_do, static_cast<std::size_t>(workers)));
  const ProfileClock clock;
  std::mutex mutex;
  ParallelFor(items.size(), workers, [&](std::size_t i) {
    if (slots[i] || Interrupted()) return;
    // Before the file is read: if it changes meanwhile, a resume measures it again.
    const FileStamp stamp = StampOf(items[i]);
    DrawnResult drawn = AnalyzeItem(analyzer, items[i], options, drawing_threads);
    Result result = WithoutMasks(std::move(drawn.result));
    // A network that cannot be set up ends the run, not each file.
    if (!result.ok()) analyzer.backend().Description();
    journal.Append(items[i], stamp, result);
    const std::lock_guard lock(mutex);
    AddStages(result.stages, profile.stages);
    profile.draw += drawn.draw;
    if (profile.images++ == 0) profile.first_row = ProfileClock::SinceProgramStart();
    slots[i] = std::move(result);
    if (on_result) on_result(*slots[i], false);
  });

  clock.Stop(profile);

  report.results.reserve(items.size());
  for (auto& slot : slots) {
    if (slot) report.results.push_back(std::move(*slot));
  }
  const std::size_t done = report.results.size();
  report.left_out = options.left_out;
  LeaveOut(report);
  report.studies = MakeStudies(report.results, options.study_by);
  const bool complete = done == items.size();
  bool objects = !HasObjects(options.formats);
  if (complete && !objects) objects = WriteObjects(analyzer, items, options, report);
  WriteTables(options.output, suffix, report, model);
  if (options.profile)
    WriteFileAtomically(options.output / ("profile" + suffix + ".json"),
                        ToJson(profile).dump(1) + "\n");
  if (options.page && options.shard.IsWhole()) {
    BatchPageFacts facts;
    facts.coverage = ObjectModelOf(analyzer).coverage;
    facts.files = items.size() - (done - report.results.size());
    facts.pictures = options.overlays;
    WritePage(options.output, report, model, options.study_by, std::move(facts));
  }
  if (!complete || !objects) {
    throw Error(ErrorCode::kInterrupted,
                "interrupted after " + std::to_string(done) + " of " +
                    std::to_string(items.size()) + " files",
                "",
                "continue with --resume; the rows so far are in " +
                    (options.output / ("results" + suffix + ".csv")).string());
  }
  journal.Finish(options.inputs, options.left_out);
  return report;
}

BatchReport MergeShards(const fs::path& output, bool page) {
  if (page) CheckPagePlace(output);
  static const std::regex pattern("results-([0-9]{1,6})-of-([0-9]{1,6})\\.journal");
  std::vector<fs::path> parts;
  int count = 0;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(output, ec)) {
    std::smatch match;
    const std::string name = entry.path().filename().string();
    if (!std::regex_match(name, match, pattern)) continue;
    const int of = std::stoi(match[2]);
    if (count != 0 && of != count) {
      throw Error(ErrorCode::kUsage,
                  "contains parts of a batch cut into " + std::to_string(count) + " and into " +
                      std::to_string(of),
                  output.string(), "remove those that do not belong");
    }
    count = of;
    parts.push_back(entry.path());
  }
  if (parts.empty()) {
    throw Error(ErrorCode::kUsage, "contains no parts of a batch (results-*-of-*.journal)",
                output.string(), "run mhcnn predict --shard first");
  }
  BatchReport report;
  nlohmann::json header;
  std::size_t inputs = 0;
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
    Journal::Content content = Journal::Read(path);
    if (!content.finished) missing("is not finished");
    if (i == 1) {
      header = content.header;
      inputs = content.inputs;
      report.left_out = content.left_out;  // each part saw them all
    }
    if (content.header != header) missing("was made with another model or other options");
    if (content.inputs != inputs) missing("was made when there were other files");
    for (auto& [name, entry] : content.entries) report.results.push_back(std::move(entry.result));
  }
  std::sort(report.results.begin(), report.results.end(), [](const Result& a, const Result& b) {
    return fs::path(a.facts.path) < fs::path(b.facts.path);
  });
  if (report.results.size() != inputs) {
    throw Error(ErrorCode::kUsage,
                "the parts hold " + std::to_string(report.results.size()) + " of " +
                    std::to_string(inputs) + " files: files changed between the parts",
                output.string(), "run mhcnn predict --shard --resume again for each part");
  }
  LeaveOut(report);
  const bool by_folder = header.value("study_by", "") == StudyByName(StudyBy::kFolder);
  const StudyBy study_by = by_folder ? StudyBy::kFolder : StudyBy::kAuto;
  report.studies = MakeStudies(report.results, study_by);
  TakeObjects(output, count, report.studies);
  const nlohmann::json model = header.value("model", nlohmann::json());
  WriteTables(output, "", report, model);
  if (page) {
    BatchPageFacts facts;
    facts.files = report.results.size();
    facts.pictures = header.value("overlays", 1) != 0;
    WritePage(output, report, model, study_by, std::move(facts));
  }
  return report;
}

}  // namespace mhcnn
