#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "analyze/analyzer.h"
#include "analyze/inputs.h"
#include "analyze/overlay.h"
#include "analyze/shard.h"
#include "analyze/studies.h"

namespace mhcnn {

struct BatchOptions {
  std::filesystem::path output;  ///< folder for tables, journal, overlays/ and masks/
  bool overlays = true, masks = true;
  OverlayOptions overlay;
  int workers = 0;  ///< 0: as many as processors
  Shard shard;      ///< names the tables; the items given are those of the shard
  StudyBy study_by = StudyBy::kAuto;
  bool resume = false;    ///< go on with the journal that is there
  bool restart = false;   ///< forget a journal of an unfinished run
  nlohmann::json header;  ///< what a resume must have in common: model and options
};

/// What a batch did, for the summary.
struct BatchReport {
  std::vector<Result> results;  ///< in the items' order, without masks
  std::vector<StudyResult> studies;
  std::size_t resumed = 0;  ///< results taken from the journal
};

/// Analyses all items, draws, and keeps a journal as it goes; writes results.csv, results.json and
/// studies.csv at the end. A file that cannot be measured has its row, the others go on.
/// `on_result` is called once an item, one call at a time. On Ctrl-C the rows so far are written
/// and Error(kInterrupted) is thrown. Throws what Journal throws.
BatchReport RunBatch(const Analyzer& analyzer, const std::vector<BatchItem>& items,
                     const BatchOptions& options,
                     const std::function<void(const Result&)>& on_result = {});

/// Joins the finished shards of an output folder into results.csv, results.json and studies.csv.
/// Throws Error(kUsage) where there is none, one is missing or not finished, or they were not made
/// by one model with the same options.
BatchReport MergeShards(const std::filesystem::path& output, StudyBy by);

}  // namespace mhcnn
