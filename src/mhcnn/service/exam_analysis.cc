#include "mhcnn/service/exam_analysis.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/folder.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/batch/batch.h"
#include "mhcnn/batch/exam_objects.h"
#include "mhcnn/batch/output_paths.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/jobs/anonymous.h"
#include "mhcnn/jobs/exam_summary.h"
#include "mhcnn/page/exam_view.h"
#include "mhcnn/page/page_picture.h"
#include "mhcnn/results/predecessors.h"
#include "mhcnn/service/move_tree.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// Images as predict takes them, named by their SOP Instance UIDs.
std::vector<BatchItem> ToBatchItems(const ExamJob& job, const ObjectFolder& folder) {
  std::vector<BatchItem> items;
  for (const auto& image : job.images) {
    BatchItem item;
    item.path = folder.Path(image.file);
    item.name = image.sop_uid;
    items.push_back(std::move(item));
  }
  return items;
}

/// The SR documents among results, which new ones correct.
std::vector<ObjectOptions::Predecessor> FindPredecessors(const std::vector<fs::path>& results,
                                                         const ObjectFolder& folder) {
  std::vector<ObjectOptions::Predecessor> all;
  for (const auto& file : results) {
    const std::string name = file.filename().string();
    if (name != "sr.dcm" && name != "cad.dcm") continue;
    std::error_code ec;
    if (!fs::exists(folder.Path(file), ec)) continue;  // removed by the retention
    const auto found = ReadPredecessors(folder.Path(file));
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

/// The reader's result for the writers of objects.
ReaderCorrection ToReaderCorrection(const Correction& correction, const std::string& organization) {
  ReaderCorrection reader;
  reader.category = CategoryFromLetter(correction.category).value();
  if (!correction.percent.empty()) reader.percent = std::stod(correction.percent);
  reader.comment = correction.comment;
  reader.author = correction.author;
  reader.organization = organization;
  reader.at = fmt::format("{:%Y%m%d%H%M%S}",
                          fmt::gmtime(std::chrono::system_clock::to_time_t(correction.made)));
  reader.accepted = correction.accepted();
  reader.version = correction.version;
  reader.identified = correction.author != kAnonymous;
  return reader;
}

/// "seg-R-MLO.dcm" is of kind "seg".
std::string ParseResultKind(const fs::path& name) {
  const std::string stem = name.stem().string();
  return stem.substr(0, stem.find('-'));
}

ResultFile DescribeResult(const fs::path& path, const fs::path& below, const std::string& study) {
  ResultFile result;
  result.kind = ParseResultKind(path.filename());
  result.file = below;
  result.digest = FileSha256(path);
  result.bytes = fs::file_size(path);
  if (SniffFileKind(path) == FileKind::kDicom) {
    const auto metadata = ReadDicomMetadata(path);
    result.sop_uid = metadata.sop_uid;
    result.sop_class_uid = metadata.sop_class_uid;
    // An image of the exam that came as a picture travels with its results as Secondary Capture.
    if (result.kind != "seg" && result.kind != "sr" && result.kind != "cad") result.kind = "sc";
  } else {
    result.sop_uid = study + "/" + path.filename().string();
  }
  return result;
}

nlohmann::json PriorToJson(const Exam& prior) {
  const ExamSummary figures(prior.summary);
  const nlohmann::json& summary = figures.json();
  nlohmann::json json = {{"study", prior.study_uid}, {"study_date", prior.study_date}};
  for (const char* key : {"percent_density", "percent_low", "percent_high", "category", "model"})
    if (summary.contains(key)) json[key] = summary[key];
  return json;
}

nlohmann::json ImageToJson(const Result& result) {
  nlohmann::json json = {{"sop_uid", result.metadata.sop_uid},
                         {"laterality", LateralityName(result.metadata.laterality)},
                         {"view", ViewName(result.metadata.view)},
                         {"flags", result.flags}};
  if (!result.ok()) json["error"] = result.error;
  if (result.ok()) json["picture"] = PagePictureKey(result.metadata.path);
  if (result.percent_density) json["percent_density"] = *result.percent_density;
  if (result.percent_low) json["percent_low"] = *result.percent_low;
  if (result.percent_high) json["percent_high"] = *result.percent_high;
  if (result.category) json["category"] = ToLetter(*result.category);
  return json;
}

std::string Summary(const StudyResult& study, const BatchReport& report, const ExamJob& job) {
  nlohmann::json json = StudyToJson(study);
  json["revision"] = job.revision;
  json["images_measured"] = nlohmann::json::array();
  for (const auto& result : report.results) json["images_measured"].push_back(ImageToJson(result));
  json["priors"] = nlohmann::json::array();
  for (const auto& prior : job.priors) json["priors"].push_back(PriorToJson(prior));
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Throws where the disk failed at the result objects, or at an image of an exam that is tried
/// again. RunBatch states that as their error.
void ThrowIfDiskFailed(const BatchReport& report, bool last_attempt) {
  const std::string io = std::string(ErrorCodeName(ErrorCode::kIo)) + ": ";
  const auto check = [&](const std::string& error) {
    if (error.starts_with(io)) throw Error(ErrorCode::kIo, error.substr(io.size()));
  };
  if (!last_attempt) {
    for (const Result& result : report.results) check(result.error);
  }
  for (const StudyResult& study : report.studies) check(study.objects_error);
}

/// Removes the folder of a run, whole where it failed: each try has its own, and they would fill
/// the disk.
class WorkFolder {
 public:
  explicit WorkFolder(fs::path path) : path_(std::move(path)) { Remove(); }
  ~WorkFolder() { Remove(); }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  void Remove() const {
    std::error_code ec;
    fs::remove_all(path_, ec);
  }
  fs::path path_;
};

std::string Refusal(const StudyResult* study, const BatchReport& report) {
  if (!study) {
    return report.left_out.total() > 0 ? "no image to measure (" + report.left_out.Text() + ")"
                                       : "no image to measure";
  }
  if (!study->error.empty()) return study->error;
  return study->objects.empty() ? study->objects_error : "";
}

/// Which results a destination gets.
std::vector<std::string> ListDestinations(const ResultFile& result,
                                          const std::vector<DestinationConfig>& all) {
  std::vector<std::string> names;
  for (const auto& destination : all) {
    const auto format = FindResultFormat(result.kind);
    if (format && destination.formats.contains(*format)) names.push_back(destination.name);
  }
  return names;
}

/// Adds the files that the pages of the node show of the exam. They have rows, so that the
/// retention removes them and the quota counts them.
void CollectView(const fs::path& work, const fs::path& below, const BatchReport& report,
                 const StudyResult& study, double coverage, std::vector<ResultFile>& results) {
  const auto add = [&](const fs::path& path) {
    std::error_code ec;
    if (!fs::exists(path, ec)) return;
    ResultFile file = DescribeResult(path, below / path.lexically_relative(work), study.study);
    file.kind = kViewKind;
    results.push_back(std::move(file));
  };
  const fs::path exam = work / kPageFolder / kExamViewFile;
  WriteFileAtomically(exam, ExamView(report.results, study, coverage));
  add(exam);
  for (const Result& result : report.results) {
    if (!result.ok()) continue;
    PagePicturePaths paths = MakePagePicturePaths(work, PagePictureKey(result.metadata.path));
    add(paths.picture);
    add(paths.thumbnail);
    add(paths.outlines.replace_extension(".json"));
  }
}

std::vector<ResultFile> Collect(const fs::path& work, const fs::path& below,
                                const StudyResult* study, const ExamAnalysisOptions& options) {
  std::vector<ResultFile> results;
  if (study) {
    const fs::path objects = ExamObjectsFolder(work, study->study);
    for (const auto& name : study->objects) {
      const fs::path path = objects / name;
      auto result = DescribeResult(path, below / path.lexically_relative(work), study->study);
      result.destinations = ListDestinations(result, options.destinations);
      results.push_back(std::move(result));
    }
  }
  for (const char* name : {"results.json", "results.csv", "studies.csv"}) {
    ResultFile table = DescribeResult(work / name, below / name, below.string());
    table.kind = "table";
    results.push_back(std::move(table));
  }
  return results;
}

}  // namespace

void ExamAnalysisOptions::Check() const {
  CheckAtLeast("threads", threads, 1);
  CheckAtLeast("attempts", attempts, 1);
}

ExamAnalysis AnalyzeExam(const Analyzer& analyzer, const ExamJob& job, const ObjectFolder& folder,
                         const ExamAnalysisOptions& options,
                         const std::function<void()>& on_image) {
  options.Check();
  std::string name = fmt::format("{}-{}", job.revision, job.attempt);
  if (job.correction) name += fmt::format("-c{}", job.correction->version);
  const WorkFolder work_folder(folder.root() / "work" / fmt::format("{}-{}", job.id, name));
  const fs::path& work = work_folder.path();
  BatchOptions batch;
  batch.output = work;
  batch.overlays = false;  // a destination gets what it wants to show as objects
  batch.page_data = true;  // for the pages of the node
  batch.workers = options.threads;
  batch.start = JournalStart::kRestart;
  batch.formats = options.formats;
  batch.objects.settings = options.settings;
  batch.objects.predecessors = FindPredecessors(job.earlier_results, folder);
  if (job.correction) {
    batch.objects.reader = ToReaderCorrection(*job.correction, options.organization);
    batch.objects.read = FindPredecessors(job.corrected_results, folder);
    batch.objects.reader->amends = job.correction_amends;
  }
  const auto items = ToBatchItems(job, folder);
  batch.inputs = items.size();
  const BatchReport report = RunBatch(analyzer, items, batch, [&](const Result&, bool) {
    if (on_image) on_image();
  });

  ThrowIfDiskFailed(report, job.attempt >= options.attempts);
  const StudyResult* study = report.studies.empty() ? nullptr : &report.studies.front();
  ExamAnalysis analysis;
  analysis.refusal = Refusal(study, report);
  analysis.incomplete = job.exam.incomplete || (study && !study->missing.empty());
  if (study) analysis.summary = Summary(*study, report, job);
  const fs::path below = fs::path("results") / std::to_string(job.exam.id) / name;
  // Removes files that the objects were made from. All that stays has a row in the store.
  std::error_code ec;
  fs::remove(work / "results.journal", ec);
  fs::remove_all(work / "masks", ec);
  analysis.results = Collect(work, below, study, options);
  if (study) {
    CollectView(work, below, report, *study, ToObjectModel(analyzer).coverage, analysis.results);
  }
  MoveTree(work, folder.root() / below);
  return analysis;
}

}  // namespace mhcnn
