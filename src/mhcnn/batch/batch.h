#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/batch/inputs.h"
#include "mhcnn/batch/journal.h"
#include "mhcnn/batch/profile.h"
#include "mhcnn/batch/shard.h"
#include "mhcnn/results/overlay.h"
#include "mhcnn/results/result_objects.h"
#include "mhcnn/results/studies.h"

namespace mhcnn {

/// Options of a batch: its outputs and its processing.
struct BatchOptions {
  std::filesystem::path output;  ///< folder for tables, journal, overlays/ and masks/
  /// Whether overlays and masks are written.
  bool overlays = true, masks = true;
  bool nifti = false;  ///< whether masks are written as NIfTI files too
  /// Whether to write index.html with the results (page/batch_page.h); its pictures only with
  /// `overlays`. A shard writes only the pictures: MergeShards writes the page.
  bool page = false;
  /// Whether to write data for a server that shows the exam: the pictures of the page without page
  /// and overlays, and their outlines as JSON.
  bool page_data = false;
  /// Options of the drawing of overlays.
  OverlayOptions overlay;
  int workers = 0;  ///< number of threads; 0: as many as processors
  /// Time limit of a file, which ends the process (status 1), as a kill would; 0: no limit.
  std::chrono::milliseconds file_limit{0};
  bool profile = false;       ///< whether to write profile.json with the time of each stage
  Shard shard;                ///< shard of the items; it names the tables
  std::size_t inputs = 0;     ///< number of files of all shards, which the merging checks
  std::string inputs_digest;  ///< HashPaths of these files, which the merging checks too
  /// Inputs that could not be read (CollectedImages, ShardItems): a resumed run is refused if
  /// results of an earlier run would be lost because of them.
  std::vector<std::filesystem::path> unread;
  LeftOutFiles left_out;  ///< files among the inputs that are no items (CollectImages)
  /// Rule by which files form one exam.
  StudyBy study_by = StudyBy::kAuto;
  /// Treatment of an existing journal.
  JournalStart start = JournalStart::kNew;
  /// Formats in addition to the tables: objects of each exam (batch/exam_objects.h; need `masks`).
  std::set<ResultFormat> formats;
  /// Options of the objects of exams.
  ObjectOptions objects;
  nlohmann::json header;  ///< model and options, which must be equal for a resume
  /// If true, BatchReport contains the results and the exams. If false, a file uses little memory.
  /// With result objects in `formats`, the results are kept until the objects are written.
  bool keep_results = true;
  /// Called at the end for each row and for each exam, in the order of the tables.
  std::function<void(const Result&)> on_row{};
  std::function<void(const StudyResult&)> on_exam{};  ///< as on_row, for each exam

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Result of a batch, for the summary.
struct BatchReport {
  std::vector<Result> results;  ///< in the items' order, without masks, if they are kept
  /// The exams, if they are kept.
  std::vector<StudyResult> studies;
  std::size_t files = 0;    ///< number of rows
  std::size_t exams = 0;    ///< number of exams
  std::size_t resumed = 0;  ///< number of results from the journal
  LeftOutFiles left_out;    ///< files without a row: those of the options and of this batch
  BatchProfile profile;     ///< time of each stage
};

/// Analyses all items, writes drawings and a journal of the finished items; writes results.csv,
/// results.json and studies.csv at the end. A file that cannot be measured has a row, and the
/// others are measured. `on_result` is called once for each item, one call at a time, with
/// `resumed` if an earlier run did it. On Ctrl-C the rows so far are written (a file that was being
/// read has none) and Error(kInterrupted) is thrown. A file during which two runs were killed is
/// not measured again and has an error row (batch/in_progress_files.h). Throws what Journal throws,
/// and kIo if a drawing cannot be written.
BatchReport RunBatch(const Analyzer& analyzer, const std::vector<BatchItem>& items,
                     const BatchOptions& options,
                     const std::function<void(const Result&, bool resumed)>& on_result = {});

/// Joins the finished shards of an output folder into results.csv, results.json and studies.csv,
/// and with `page` into index.html, which shows pictures if the shards drew them. Throws
/// Error(kUsage) if the folder has no shards, if a shard is missing or not finished, if the shards
/// were not made by one model with the same options, or if they do not contain each file once. The
/// report has no results and no exams, only their numbers.
BatchReport MergeShards(const std::filesystem::path& output, bool page = false);

}  // namespace mhcnn
