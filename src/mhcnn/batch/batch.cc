#include "mhcnn/batch/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
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
#include "mhcnn/batch/begun_files.h"
#include "mhcnn/batch/drawings.h"
#include "mhcnn/batch/exam_objects.h"
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

/// What the system refused once (disk, network, memory), it may give now. Where memory lacks while
/// the engine runs, its error is "internal". An earlier version made rows of what was interrupted.
bool MayPassNow(const std::string& error) {
  return std::ranges::any_of(
      std::array{ErrorCode::kIo, ErrorCode::kLimit, ErrorCode::kInternal, ErrorCode::kInterrupted},
      [&](ErrorCode code) { return error.starts_with(ErrorCodeName(code)); });
}

/// The row of a file that is not measured again. Its header is read too, unless that ended a run.
Result RowAfterKills(const Analyzer& analyzer, const BatchItem& item, const fs::path& notes,
                     int kills) {
  Result result;
  if (kills == BegunFiles::kMostKills) result.facts = FactsOf(item);
  result.facts.path = item.DisplayPath().string();
  result.model = analyzer.ModelName();
  result.error = ErrorText(
      Error(ErrorCode::kLimit,
            fmt::format("the run was killed {} times while this file was measured, perhaps because "
                        "memory was short or because it took too long",
                        BegunFiles::kMostKills),
            "",
            fmt::format(
                "to try it again, with more memory or time, delete {} and run again with --resume",
                notes.filename().string())));
  return result;
}

/// A result, and how long its drawings took without the disk.
struct DrawnResult {
  Result result;
  double draw = 0;
};

/// Analyses one item and writes what is drawn of it. `stamp`: of the item before.
DrawnResult AnalyzeItem(const Analyzer& analyzer, const BatchItem& item, const FileStamp& stamp,
                        const BatchOptions& options, int drawing_threads) {
  Analysis analysis = MeasureItem(analyzer, item);
  DrawnResult drawn{std::move(analysis.result)};
  Result& result = drawn.result;
  // Its header and its pixels may be of two files; what it lacked, it may have again.
  if (StampOf(item) != stamp) {
    result.left_out.clear();
    result.error = ErrorText(Error(ErrorCode::kIo, "was changed or removed while it was read", "",
                                   "run again with --resume"));
    result = WithoutFigures(std::move(result));
  }
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
  /// Of the journal's entry of a file.
  Result Read(std::uint64_t place) { return journal_.At(place); }

  /// Numbers of those that are done, in order.
  std::vector<std::size_t> Done() const {
    std::vector<std::size_t> done;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (Has(i)) done.push_back(i);
    }
    return done;
  }
  /// Those of files that are not left out.
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
std::optional<ObjectsOfExams> WriteObjects(const Analyzer& analyzer,
                                           const std::vector<BatchItem>& items,
                                           const std::vector<FileStamp>& stamps,
                                           const BatchOptions& options,
                                           const std::vector<Result>& results) {
  ExamObjectOptions objects;
  objects.output = options.output;
  objects.formats = options.formats;
  objects.objects = options.objects;
  objects.model = ObjectModelOf(analyzer);
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
  ObjectsOfExams written;
  for (auto& study : studies)
    written[study.study] = {std::move(study.objects), std::move(study.objects_error)};
  return written;
}

/// All shards of a folder must be of one number. If some tasks of an array run again by themselves,
/// they have another number, and would measure the whole batch again.
void CheckShardsOf(const fs::path& folder, const Shard& shard) {
  const int parts = PartsIn(folder);
  if (parts == 0 || parts == shard.count) return;
  throw Error(ErrorCode::kUsage,
              fmt::format("contains a shard of a run with another number of shards than {} ({})",
                          shard.count, parts),
              folder.string(), "give --shard with that number, or name another folder");
}

/// Ends the process as a kill would, since a thread that waits for a disk cannot be stopped: the
/// journal has the rows so far, and notes which files were begun.
[[noreturn]] void EndByLimit(const std::string& path, const BatchOptions& options) {
  const double seconds = std::chrono::duration<double>(options.file_limit).count();
  std::fputs(fmt::format("error: {}: took longer than {:g} s (--file-limit); run again with "
                         "--resume; if it happens twice, the file gets an error row\n",
                         ShownText(path), seconds)
                 .c_str(),
             stderr);
  std::_Exit(1);
}

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
  options.Check();
  if (options.page) CheckPagePlace(options.output);
  const std::string suffix = options.shard.Suffix();
  const nlohmann::json model = ModelSummary(analyzer.backend().card(), analyzer.calibration());
  nlohmann::json header = options.header.is_object() ? options.header : nlohmann::json::object();
  header["model"] = model;
  // What a shard holds depends on it; a whole batch may be grouped anew from its journal.
  if (!options.shard.IsWhole()) {
    header["study_by"] = options.study_by == StudyBy::kFolder ? "folder" : "auto";
    CheckShardsOf(options.output, options.shard);
  }
  const fs::path journal_path = JournalPath(options.output, suffix);
  const fs::path begun_path = BegunPath(options.output, suffix);
  // The journal of an earlier run is not given up for a network that cannot be set up.
  std::error_code ec;
  if (options.start != JournalStart::kResume && fs::exists(journal_path, ec))
    analyzer.backend().WaitUntilReady();
  Journal journal(journal_path, header, options.start);
  if (options.overlays) MakeFolder(options.output / "overlays");
  if ((options.masks || options.nifti) &&
      analyzer.backend().card().network.Has(Head::kSegmentation)) {
    MakeFolder(options.output / "masks");
  }

  if (options.start != JournalStart::kNew) RemovePartialOutputs(items, options);
  BatchReport report;
  const bool with_objects = HasObjects(options.formats);
  Outcomes outcomes(items.size(), options.keep_results || with_objects, journal_path);
  std::vector<FileStamp> stamps(items.size());  // of the files when they were measured
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto entry = journal.Take(items[i]);
    if (!entry) continue;
    Result result = outcomes.Read(entry->place);
    if (MayPassNow(result.error)) continue;
    ++report.resumed;
    if (on_result) on_result(result, true);
    stamps[i] = entry->stamp;
    outcomes.Set(i, entry->place, std::move(result));
  }
  journal.CheckFilesThere(options.unread);
  BegunFiles begun(begun_path, options.start == JournalStart::kResume);
  // Files during which a run was killed come last, one after the other: the others have their rows
  // then, and what is measured at the same time does not take the memory.
  std::vector<std::size_t> first, last;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (outcomes.Has(i)) continue;
    (begun.Kills(items[i]) > 0 ? last : first).push_back(i);
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
  SlowFiles slow(std::chrono::minutes(1),
                 {options.file_limit, [&](const std::string& path) { EndByLimit(path, options); }});
  const auto keep = [&](std::size_t i, Result result) {
    const std::uint64_t place = journal.Append(items[i], stamps[i], result);
    const std::lock_guard lock(mutex);
    if (on_result) on_result(result, false);
    outcomes.Set(i, place, std::move(result));
  };
  const auto measure = [&](std::size_t i) {
    if (Interrupted()) return;
    stamps[i] = StampOf(items[i]);
    const int kills = begun.Kills(items[i]);
    auto note = begun.Begin(items[i], stamps[i]);
    const auto watch = slow.Begin(items[i].DisplayPath().string());
    if (kills >= BegunFiles::kMostKills) {  // without Done(), so that they stay
      Result row = RowAfterKills(analyzer, items[i], begun_path, kills);
      if (!Interrupted()) keep(i, std::move(row));  // else the header may not have been read
      return;
    }
    DrawnResult drawn;
    try {
      drawn = AnalyzeItem(analyzer, items[i], stamps[i], options, drawing_threads);
    } catch (const Error& e) {
      if (e.code() != ErrorCode::kInterrupted) throw;
      return;  // without a row, so that --resume measures it
    }
    Result result = WithoutMasks(std::move(drawn.result));
    // A network that cannot be set up ends the run, not each file.
    if (!result.ok()) analyzer.backend().WaitUntilReady();
    const StageSeconds stages = result.stages;
    keep(i, std::move(result));
    note.Done();
    const std::lock_guard lock(mutex);
    AddStages(stages, profile.stages);
    profile.draw += drawn.draw;
    if (profile.images++ == 0) profile.first_row = ProfileClock::SinceProgramStart();
  };
  ParallelFor(first.size(), workers, [&](std::size_t k) { measure(first[k]); });
  for (const std::size_t i : last) measure(i);

  clock.Stop(profile);

  const std::vector<std::size_t> done = outcomes.Done();
  report.left_out = options.left_out;
  const bool complete = done.size() == items.size();
  std::optional<ObjectsOfExams> objects;
  if (complete && with_objects)
    objects = WriteObjects(analyzer, items, stamps, options, outcomes.Measured());
  const double coverage = ObjectModelOf(analyzer).coverage;
  BatchTables tables{options.output, suffix, model, options.study_by};
  if (options.page && options.shard.IsWhole()) {
    tables.page.emplace();
    tables.page->coverage = coverage;
    tables.page->files = items.size();
    tables.page->pictures = options.overlays;
  }
  tables.complete = [&](StudyResult& study) {
    if (objects) std::tie(study.objects, study.objects_error) = objects->at(study.study);
  };
  tables.on_row = [&](const Result& result) {
    ++report.files;
    if (options.keep_results) report.results.push_back(result);
    if (options.on_row) options.on_row(result);
  };
  tables.on_exam = [&](const StudyResult& study) {
    ++report.exams;
    if (options.keep_results) report.studies.push_back(study);
    if (options.on_exam) options.on_exam(study);
  };
  WriteBatchTables({done.size(), [&](std::size_t i) { return outcomes.At(done[i]); }}, tables,
                   report.left_out);
  if (options.profile)
    WriteFileAtomically(ProfilePath(options.output, suffix), ToJson(profile).dump(1) + "\n");
  if (!complete || (with_objects && !objects)) {
    throw Error(ErrorCode::kInterrupted,
                "interrupted after " + std::to_string(done.size()) + " of " +
                    std::to_string(items.size()) + " files",
                "",
                "continue with --resume; the rows so far are in " +
                    (options.output / ("results" + suffix + ".csv")).string());
  }
  begun.Finish();
  journal.Finish(options.inputs, options.left_out, coverage, options.inputs_digest);
  return report;
}

}  // namespace mhcnn
