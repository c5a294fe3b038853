#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mhcnn/batch/inputs.h"
#include "mhcnn/results/studies.h"

namespace mhcnn {

/// Most parts that a batch is cut into: their names have six digits.
inline constexpr int kMostShards = 999'999;

/// One of `count` parts that a batch is cut into, 1 .. count.
struct Shard {
  /// Number of this part, from 1, and number of parts; 0 parts: the batch is not divided. The only
  /// part of one has names of its own too, as MergeShards expects them.
  int index = 1, count = 0;
  /// Returns whether the batch is not divided.
  bool IsWhole() const { return count == 0; }
  /// Ending of this part's file names: "-2-of-8", or "" for the whole.
  std::string Suffix() const;
};

/// "2/8", or "auto" to take it from a Slurm array job (SLURM_ARRAY_TASK_ID, _MIN, _COUNT), or
/// "auto/8" also from a Kubernetes indexed job (JOB_COMPLETION_INDEX). Throws Error(kUsage).
Shard ParseShard(const std::string& text);

/// Files of the parts of a batch.
struct PartFiles {
  int count = 0;  ///< number of parts that their names state; 0: there is no such file
  std::vector<std::filesystem::path> files;  ///< in no order
};
/// Returns the files STEM-2-of-8.EXTENSION of a folder. Throws Error(kUsage), with the word `what`
/// for the files, where they are of two numbers of parts.
PartFiles FindPartFiles(const std::filesystem::path& folder, const std::string& stem,
                        const std::string& extension, const std::string& what);

/// Returns the number of parts of the batch whose journals are in a folder; 0 where it has none.
/// Throws as FindPartFiles does.
int PartsIn(const std::filesystem::path& folder);

/// What OfShard returns.
struct ShardItems {
  std::vector<BatchItem> items;  ///< of this part
  /// Files of all parts whose header could not be read now: they may belong to another part.
  std::vector<std::filesystem::path> unread;
};

/// The items of a shard. An exam is never split: the part follows from the exam's name alone, for
/// which the headers of DICOM files are read (on `workers` threads).
ShardItems OfShard(std::vector<BatchItem> items, const Shard& shard, StudyBy by, int workers);

}  // namespace mhcnn
