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

/// What a batch writes, and how it runs.
struct BatchOptions {
  std::filesystem::path output;  ///< folder for tables, journal, overlays/ and masks/
  /// Whether overlays and masks are written.
  bool overlays = true, masks = true;
  bool nifti = false;  ///< masks as NIfTI files too
  /// index.html that shows the results (page/batch_page.h); its pictures only with `overlays`. Of a
  /// shard the pictures alone: MergeShards writes the page.
  bool page = false;
  /// For a server that shows the exam: the pictures of the page without a page and overlays, their
  /// outlines as JSON.
  bool page_data = false;
  /// How overlays are drawn.
  OverlayOptions overlay;
  int workers = 0;  ///< 0: as many as processors
  /// A file that takes longer ends the process (status 1), as a kill would; 0: no limit.
  std::chrono::milliseconds file_limit{0};
  bool profile = false;       ///< write profile.json, which says where the time went
  Shard shard;                ///< names the tables; the items given are those of the shard
  std::size_t inputs = 0;     ///< files of all shards together, which the merging checks
  std::string inputs_digest;  ///< DigestOfPaths of these files, which the merging checks too
  /// What could not be read of the inputs (CollectedImages, ShardItems): a resumed run is refused
  /// where results of an earlier run would be lost for it.
  std::vector<std::filesystem::path> unread;
  LeftOutFiles left_out;  ///< files among the inputs that are no items (CollectImages)
  /// What makes files one exam.
  StudyBy study_by = StudyBy::kAuto;
  /// What is done with an existing journal.
  JournalStart start = JournalStart::kNew;
  /// Beside the tables: objects of each exam (batch/exam_objects.h), which need `masks`.
  std::set<ResultFormat> formats;
  /// How objects of exams are written.
  ObjectOptions objects;
  nlohmann::json header;  ///< what a resume must have in common: model and options
  /// If true, BatchReport contains the results and the exams. If false, a file uses little memory.
  /// With result objects in `formats`, the results are held until the objects are written.
  bool keep_results = true;
  /// Called at the end for each row and for each exam, in the order of the tables.
  std::function<void(const Result&)> on_row{};
  std::function<void(const StudyResult&)> on_exam{};  ///< as on_row

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// What a batch did, for the summary.
struct BatchReport {
  std::vector<Result> results;  ///< in the items' order, without masks, if they are kept
  /// The exams, if they are kept.
  std::vector<StudyResult> studies;
  std::size_t files = 0;    ///< rows
  std::size_t exams = 0;    ///< number of exams
  std::size_t resumed = 0;  ///< results taken from the journal
  LeftOutFiles left_out;    ///< files without a row: those of the options and of this batch
  BatchProfile profile;     ///< where the time went
};

/// Analyses all items, draws, and keeps a journal as it goes; writes results.csv, results.json and
/// studies.csv at the end. A file that cannot be measured has its row, the others go on.
/// `on_result` is called once an item, one call at a time, with `resumed` where an earlier run had
/// done it. On Ctrl-C the rows so far are written (a file that was being read has none) and
/// Error(kInterrupted) is thrown. A file during which two runs were killed is not measured again
/// and has an error row (batch/begun_files.h). Throws what Journal throws, and kIo where a drawing
/// cannot be written.
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
