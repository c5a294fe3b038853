#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mhcnn/analyze/result.h"

namespace mhcnn {

/// Where the time of a batch went. Each worker takes one file through all stages, so that there are
/// no queues: at any time the memory holds at most one file a worker, and the stages overlap as the
/// workers stand in different ones.
struct BatchProfile {
  StageSeconds stages;       ///< workers' seconds, sums over the files; `write` includes `draw`
  double draw = 0;           ///< drawings made and encoded, a part of StageSeconds::write
  std::size_t images = 0;    ///< files measured now, those with an error too
  int workers = 0;           ///< threads that each take a file through all stages
  double wall = 0;           ///< seconds from the first file's start to the last one's end
  double first_row = 0;      ///< seconds from the start of the program to the first row
  double processor = 0;      ///< seconds of processor time within `wall`
  int processors = 0;        ///< that the process may use
  std::uint64_t memory = 0;  ///< largest memory of the process so far, bytes

  /// Returns the workers' seconds in no stage: the network was not ready, the journal was written,
  /// or no file was left. With them the stages add up to workers * wall.
  double Other() const;
};

/// Measures wall and processor time of a part of the program, and the rest of the machine's facts.
class ProfileClock {
 public:
  /// Starts.
  ProfileClock();
  /// Seconds since the start of the program, in steps of 10 ms.
  static double SinceProgramStart();
  /// Sets wall, processor, processors and memory.
  void Stop(BatchProfile& profile) const;

 private:
  double wall_ = 0, processor_ = 0;
};

/// Adds the seconds of one file.
void AddStages(const StageSeconds& one, StageSeconds& sum);

/// A table: of each stage the seconds, their share, milliseconds for each image, and the workers
/// that stood in it on average; then the rate, the use of the processors and the memory.
std::string ToTable(const BatchProfile& profile);
/// The same numbers.
nlohmann::json ToJson(const BatchProfile& profile);

/// Processor time of measured files, all stages.
struct ProcessorTime {
  std::int64_t images = 0;  ///< files measured
  double seconds = 0;       ///< of all of them
};
/// Reads profile.json of a folder of results. If the folder has none, it adds up the profiles of
/// the shards; 0 images if there are none either. Throws Error(kCorrupt) for a damaged profile,
/// kUsage for profiles of several numbers of shards or of no image, and what ReadTextFile throws.
ProcessorTime ReadProcessorTime(const std::filesystem::path& folder);

}  // namespace mhcnn
