#include "mhcnn/batch/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/folder.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/text.h"
#include "mhcnn/batch/batch_tables.h"
#include "mhcnn/batch/drawings.h"
#include "mhcnn/batch/exam_objects.h"
#include "mhcnn/batch/in_progress_files.h"
#include "mhcnn/batch/measure_and_draw.h"
#include "mhcnn/batch/measure_item.h"
#include "mhcnn/batch/output_paths.h"
#include "mhcnn/batch/own_files.h"
#include "mhcnn/batch/slow_files.h"
#include "mhcnn/page/batch_page.h"
#include "mhcnn/results/results_table.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// The result without its masks, which the table does not need and memory would not hold for
/// thousands.
Result WithoutMasks(Result result) {
  result.breast.release();
  result.dense.release();
  result.pectoral.release();
  return result;
}

/// Returns whether a later run may succeed: disk, network and memory may work then. A lack of
/// memory in the engine is "internal". An earlier version made rows of interrupted files.
bool IsTransientError(const std::string& error) {
  return std::ranges::any_of(
      std::array{ErrorCode::kIo, ErrorCode::kLimit, ErrorCode::kInternal, ErrorCode::kInterrupted},
      [&](ErrorCode code) { return error.starts_with(ErrorCodeName(code)); });
}

/// The row of a file that is not measured again. Its header is read too, unless that ended a run.
Result RowAfterKills(const Analyzer& analyzer, const BatchItem& item, const fs::path& notes,
                     int kills) {
  Result result;
  if (kills == InProgressFiles::kMaxKills) result.metadata = ReadItemMetadata(item);
  result.metadata.path = item.DisplayPath().string();
  result.model = analyzer.ModelName();
  result.error = ErrorText(
      Error(ErrorCode::kLimit,
            fmt::format("the run was killed {} times while this file was measured, perhaps because "
                        "memory was short or because it took too long",
                        InProgressFiles::kMaxKills),
            "",
            fmt::format(
                "to try it again, with more memory or time, delete {} and run again with --resume",
                notes.filename().string())));
  return result;
}

/// The results so far: where they are in the journal, and where they are to be held, themselves.
class Outcomes {
 public:
  Outcomes(std::size_t count, bool hold, const fs::path& journal)
      : places_(count), held_(hold ? count : 0), journal_(journal) {}

  bool Has(std::size_t i) const { return places_[i] != 0; }
  void Set(std::size_t i, std::uint64_t place, Result result) {
    places_[i] = place;
    if (!held_.empty()) held_[i] = std::move(result);
  }
  Result At(std::size_t i) { return held_.empty() ? journal_.At(places_[i]) : held_[i]; }
  /// Reads the result of a file from its entry in the journal.
  Result Read(std::uint64_t place) { return journal_.At(place); }

  /// Numbers of those that are done, in order.
  std::vector<std::size_t> Done() const {
    std::vector<std::size_t> done;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (Has(i)) done.push_back(i);
    }
    return done;
  }
  /// Returns the results of files that are not left out.
  std::vector<Result> Measured() {
    std::vector<Result> results;
    for (const std::size_t i : Done()) {
      if (Result result = At(i); result.left_out.empty()) results.push_back(std::move(result));
    }
    return results;
  }

 private:
  std::vector<std::uint64_t> places_;
  std::vector<Result> held_;
  JournalReader journal_;
};

/// Writes the objects of the exams and says by exam what was written, and what went wrong; nothing
/// where it was interrupted.
std::optional<ExamObjectFiles> WriteObjects(const Analyzer& analyzer,
                                            const std::vector<BatchItem>& items,
                                            const std::vector<FileStamp>& stamps,
                                            const BatchOptions& options,
                                            const std::vector<Result>& results) {
  ExamObjectOptions objects;
  objects.output = options.output;
  objects.formats = options.formats;
  objects.objects = options.objects;
  objects.model = ToObjectModel(analyzer);
  objects.study_by = options.study_by;
  objects.has_masks = analyzer.backend().card().network.Has(Head::kSegmentation);
  objects.workers = options.workers;
  auto studies = MakeStudies(results, options.study_by);
  try {
    WriteExamObjects(results, items, stamps, objects, studies);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kInterrupted) throw;
    return std::nullopt;
  }
  ExamObjectFiles written;
  for (auto& study : studies)
    written[study.study] = {std::move(study.objects), std::move(study.objects_error)};
  return written;
}

/// All shards of a folder must be of one number. If some tasks of an array run again by themselves,
/// they have another number, and would measure the whole batch again.
void CheckOtherShards(const fs::path& folder, const Shard& shard) {
  const int parts = CountShards(folder);
  if (parts == 0 || parts == shard.count) return;
  throw Error(ErrorCode::kUsage,
              fmt::format("contains a shard of a run with another number of shards than {} ({})",
                          shard.count, parts),
              folder.string(), "give --shard with that number, or name another folder");
}

/// Ends the process as a kill would, since a thread that waits for a disk cannot be stopped: the
/// journal has the rows so far, and notes which files were begun.
[[noreturn]] void ExitAtFileLimit(const std::string& path, const BatchOptions& options) {
  const double seconds = std::chrono::duration<double>(options.file_limit).count();
  std::fputs(fmt::format("error: {}: took longer than {:g} s (--file-limit); run again with "
                         "--resume; if it happens twice, the file gets an error row\n",
                         ToDisplayText(path), seconds)
                 .c_str(),
             stderr);
  std::_Exit(1);
}

/// Checks what can be checked before a journal is opened, and opens it.
Journal OpenJournal(const Analyzer& analyzer, const BatchOptions& options,
                    const nlohmann::json& model) {
  options.Check();
  if (options.page) CheckPageOverwrite(options.output);
  nlohmann::json header = options.header.is_object() ? options.header : nlohmann::json::object();
  header["model"] = model;
  // What a shard holds depends on it; a whole batch may be grouped again from its journal.
  if (!options.shard.IsWhole()) {
    header["study_by"] = options.study_by == StudyBy::kFolder ? "folder" : "auto";
    CheckOtherShards(options.output, options.shard);
  }
  const fs::path path = JournalPath(options.output, options.shard.Suffix());
  // The journal of an earlier run is not given up for a network that cannot be set up.
  std::error_code ec;
  if (options.start != JournalStart::kResume && fs::exists(path, ec))
    analyzer.backend().WaitUntilReady();
  return Journal(path, header, options.start);
}

/// One call of RunBatch().
class BatchRun {
 public:
  BatchRun(const Analyzer& analyzer, const std::vector<BatchItem>& items,
           const BatchOptions& options, const std::function<void(const Result&, bool)>& on_result)
      : analyzer_(analyzer),
        items_(items),
        options_(options),
        on_result_(on_result),
        suffix_(options.shard.Suffix()),
        in_progress_path_(InProgressPath(options.output, suffix_)),
        with_objects_(HasObjects(options.formats)),
        model_(ModelSummary(analyzer.backend().card(), analyzer.calibration())),
        journal_(OpenJournal(analyzer, options, model_)),
        outcomes_(items.size(), options.keep_results || with_objects_,
                  JournalPath(options.output, suffix_)),
        stamps_(items.size()) {}

  BatchReport Run() {
    MakeOutputFolders();
    if (options_.start != JournalStart::kNew) RemovePartialOutputs(items_, options_);
    ReadFinishedItems();
    journal_.CheckFilesExist(options_.unread);
    in_progress_.emplace(in_progress_path_, options_.start == JournalStart::kResume);
    MeasureOtherItems();
    const double coverage = ToObjectModel(analyzer_).coverage;
    const std::vector<std::size_t> done = outcomes_.Done();
    const auto objects = WriteExams(done, coverage);
    if (options_.profile) {
      WriteFileAtomically(ProfilePath(options_.output, suffix_),
                          ToJson(report_.profile).dump(1) + "\n");
    }
    if (done.size() < items_.size() || (with_objects_ && !objects)) ThrowInterrupted(done.size());
    in_progress_->Finish();
    journal_.Finish(options_.inputs, options_.left_out, coverage, options_.inputs_digest);
    return std::move(report_);
  }

 private:
  void MakeOutputFolders() const {
    if (options_.overlays) MakeFolder(options_.output / "overlays");
    if ((options_.masks || options_.nifti) &&
        analyzer_.backend().card().network.Has(Head::kSegmentation)) {
      MakeFolder(options_.output / "masks");
    }
  }

  /// Takes the results of an earlier run from the journal.
  void ReadFinishedItems() {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const auto entry = journal_.Take(items_[i]);
      if (!entry) continue;
      Result result = outcomes_.Read(entry->place);
      if (IsTransientError(result.error)) continue;
      ++report_.resumed;
      if (on_result_) on_result_(result, true);
      stamps_[i] = entry->stamp;
      outcomes_.Set(i, entry->place, std::move(result));
    }
  }

  void MeasureOtherItems() {
    // Files during which a run was killed come last, one after the other: the others have their
    // rows then, and what is measured at the same time does not take the memory.
    std::vector<std::size_t> first, last;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (outcomes_.Has(i)) continue;
      (in_progress_->Kills(items_[i]) > 0 ? last : first).push_back(i);
    }
    const int workers = options_.workers > 0 ? options_.workers : AvailableThreads();
    const std::size_t to_do = first.size() + last.size();
    // If there are fewer files than workers, each file has several threads to draw with.
    drawing_threads_ =
        std::max(1, workers / static_cast<int>(std::clamp<std::size_t>(to_do, 1, 4096)));
    report_.profile.workers =
        static_cast<int>(std::min<std::size_t>(to_do, static_cast<std::size_t>(workers)));
    const ProfileClock clock;
    SlowFiles slow(std::chrono::minutes(1), {options_.file_limit, [&](const std::string& path) {
                                               ExitAtFileLimit(path, options_);
                                             }});
    ParallelFor(first.size(), workers, [&](std::size_t k) { Measure(first[k], slow); });
    for (const std::size_t i : last) Measure(i, slow);
    clock.Stop(report_.profile);
  }

  void Measure(std::size_t i, SlowFiles& slow) {
    if (Interrupted()) return;
    stamps_[i] = ReadFileStamp(items_[i]);
    const int kills = in_progress_->Kills(items_[i]);
    auto note = in_progress_->Begin(items_[i], stamps_[i]);
    const auto watch = slow.Begin(items_[i].DisplayPath().string());
    if (kills >= InProgressFiles::kMaxKills) {  // without Done(), so that they stay
      Result row = RowAfterKills(analyzer_, items_[i], in_progress_path_, kills);
      if (!Interrupted()) Keep(i, std::move(row));  // else the header may not have been read
      return;
    }
    DrawnResult drawn;
    try {
      drawn = MeasureAndDraw(analyzer_, items_[i], stamps_[i], options_, drawing_threads_);
    } catch (const Error& e) {
      if (e.code() != ErrorCode::kInterrupted) throw;
      return;  // without a row, so that --resume measures it
    }
    Result result = WithoutMasks(std::move(drawn.result));
    // A network that cannot be set up ends the run, not each file.
    if (!result.ok()) analyzer_.backend().WaitUntilReady();
    const StageSeconds stages = result.stages;
    Keep(i, std::move(result));
    note.Done();
    const std::lock_guard lock(mutex_);
    BatchProfile& profile = report_.profile;
    AddStages(stages, profile.stages);
    profile.draw += drawn.draw;
    if (profile.images++ == 0) profile.first_row = ProfileClock::SecondsSinceProgramStart();
  }

  void Keep(std::size_t i, Result result) {
    const std::uint64_t place = journal_.Append(items_[i], stamps_[i], result);
    const std::lock_guard lock(mutex_);
    if (on_result_) on_result_(result, false);
    outcomes_.Set(i, place, std::move(result));
  }

  /// Writes objects, tables and the page of the items that are done. Returns the objects, or
  /// nothing if none were written.
  std::optional<ExamObjectFiles> WriteExams(const std::vector<std::size_t>& done, double coverage) {
    report_.left_out = options_.left_out;
    std::optional<ExamObjectFiles> objects;
    if (done.size() == items_.size() && with_objects_)
      objects = WriteObjects(analyzer_, items_, stamps_, options_, outcomes_.Measured());
    BatchTables tables{options_.output, suffix_, model_, options_.study_by};
    if (options_.page && options_.shard.IsWhole()) {
      tables.page.emplace();
      tables.page->coverage = coverage;
      tables.page->files = items_.size();
      tables.page->pictures = options_.overlays;
    }
    tables.complete = [&](StudyResult& study) {
      if (objects) std::tie(study.objects, study.objects_error) = objects->at(study.study);
    };
    tables.on_row = [&](const Result& result) {
      ++report_.files;
      if (options_.keep_results) report_.results.push_back(result);
      if (options_.on_row) options_.on_row(result);
    };
    tables.on_exam = [&](const StudyResult& study) {
      ++report_.exams;
      if (options_.keep_results) report_.studies.push_back(study);
      if (options_.on_exam) options_.on_exam(study);
    };
    WriteBatchTables({done.size(), [&](std::size_t i) { return outcomes_.At(done[i]); }}, tables,
                     report_.left_out);
    return objects;
  }

  [[noreturn]] void ThrowInterrupted(std::size_t done) const {
    throw Error(ErrorCode::kInterrupted,
                "interrupted after " + std::to_string(done) + " of " +
                    std::to_string(items_.size()) + " files",
                "",
                "continue with --resume; the rows so far are in " +
                    (options_.output / ("results" + suffix_ + ".csv")).string());
  }

  const Analyzer& analyzer_;
  const std::vector<BatchItem>& items_;
  const BatchOptions& options_;
  const std::function<void(const Result&, bool)>& on_result_;
  const std::string suffix_;
  const fs::path in_progress_path_;
  const bool with_objects_;
  const nlohmann::json model_;
  Journal journal_;
  Outcomes outcomes_;
  std::vector<FileStamp> stamps_;  ///< stamps of the files when they were measured
  std::optional<InProgressFiles> in_progress_;
  int drawing_threads_ = 1;
  std::mutex mutex_;  ///< of report_, on_result_ and outcomes_ while files are measured
  BatchReport report_;
};

}  // namespace

void BatchOptions::Check() const {
  if (output.empty()) throw Error(ErrorCode::kUsage, "output names no folder");
  overlay.Check();
  CheckAtLeast("workers", workers, 0);
  CheckAtLeast("file_limit", file_limit.count(), 0);
  objects.Check();
  if (HasObjects(formats) && !masks)
    throw Error(ErrorCode::kUsage, "formats of result objects need masks");
}

BatchReport RunBatch(const Analyzer& analyzer, const std::vector<BatchItem>& items,
                     const BatchOptions& options,
                     const std::function<void(const Result&, bool)>& on_result) {
  return BatchRun(analyzer, items, options, on_result).Run();
}

}  // namespace mhcnn
