#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mhcnn/batch/inputs.h"
#include "mhcnn/results/studies.h"

namespace mhcnn {

/// Largest number of parts of a batch: their names have six digits.
inline constexpr int kMaxShards = 999'999;

/// One of `count` parts of a batch, 1 .. count.
struct Shard {
  /// Number of this part, from 1, and number of parts; 0 parts: the batch is not divided. The only
  /// part of one has names of its own too, as MergeShards expects them.
  int index = 1, count = 0;
  /// Returns whether the batch is not divided.
  bool IsWhole() const { return count == 0; }
  /// Returns the ending of this part's file names: "-2-of-8", or "" for the whole.
  std::string Suffix() const;
};

/// Reads "2/8", or "auto" for that of a Slurm array job (SLURM_ARRAY_TASK_ID, _MIN, _COUNT), or
/// "auto/8" also from a Kubernetes indexed job (JOB_COMPLETION_INDEX). Throws Error(kUsage).
Shard ParseShard(const std::string& text);

/// Files of the parts of a batch.
struct ShardFiles {
  int count = 0;  ///< number of parts that their names state; 0: there is no such file
  std::vector<std::filesystem::path> files;  ///< files in no order
};
/// Returns the files STEM-2-of-8.EXTENSION of a folder. Throws Error(kUsage), with the word `what`
/// for the files, if they have different numbers of parts.
ShardFiles FindShardFiles(const std::filesystem::path& folder, const std::string& stem,
                          const std::string& extension, const std::string& what);

/// Returns the number of parts of the batch whose journals are in a folder; 0 if it has none.
/// Throws as FindShardFiles does.
int CountShards(const std::filesystem::path& folder);

/// Items of a shard, from SelectShard.
struct ShardItems {
  std::vector<BatchItem> items;  ///< items of this part
  /// Files of all parts whose header could not be read now: they may belong to another part.
  std::vector<std::filesystem::path> unread;
};

/// Returns the items of a shard. An exam is never split: the part follows from the exam's name
/// alone, for which the headers of DICOM files are read (on `workers` threads).
ShardItems SelectShard(std::vector<BatchItem> items, const Shard& shard, StudyBy by, int workers);

}  // namespace mhcnn
