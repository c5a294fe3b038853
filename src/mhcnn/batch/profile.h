#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mhcnn/analyze/result.h"

namespace mhcnn {

/// Times of the stages of a batch. Each worker processes one file in all stages, so that there are
/// no queues: at any time memory contains at most one file a worker, and the stages overlap because
/// workers are in different ones.
struct BatchProfile {
  StageSeconds stages;       ///< workers' seconds, sums over the files; `write` includes `draw`
  double draw = 0;           ///< seconds of drawing and encoding, a part of StageSeconds::write
  std::size_t images = 0;    ///< files measured now, those with an error too
  int workers = 0;           ///< threads that each process a file in all stages
  double wall = 0;           ///< seconds from the first file's start to the last one's end
  double first_row = 0;      ///< seconds from the start of the program to the first row
  double processor = 0;      ///< seconds of processor time within `wall`
  int processors = 0;        ///< processors that the process may use
  std::uint64_t memory = 0;  ///< largest memory of the process so far, bytes

  /// Returns the workers' seconds in no stage: the network was not ready, the journal was written,
  /// or no file was left. With them the stages add up to workers * wall.
  double Other() const;
};

/// Measures wall and processor time of a part of the program, the number of processors and the
/// largest memory.
class ProfileClock {
 public:
  /// Starts the clock.
  ProfileClock();
  /// Returns the seconds since the start of the program, in steps of 10 ms.
  static double SecondsSinceProgramStart();
  /// Sets wall, processor, processors and memory.
  void Stop(BatchProfile& profile) const;

 private:
  double wall_ = 0, processor_ = 0;
};

/// Adds the seconds of one file.
void AddStages(const StageSeconds& one, StageSeconds& sum);

/// Returns a table: for each stage the seconds, their fraction, milliseconds for each image, and
/// the average number of workers in it; then the rate, the use of the processors and the memory.
std::string ToTable(const BatchProfile& profile);
/// Returns the same numbers as JSON.
nlohmann::json ToJson(const BatchProfile& profile);

/// Processor time of measured files, all stages.
struct ProcessorTime {
  std::int64_t images = 0;  ///< files measured
  double seconds = 0;       ///< seconds of all of them
};
/// Reads profile.json of a folder of results. If the folder has none, it adds up the profiles of
/// the shards; 0 images if there are none either. Throws Error(kCorrupt) for a damaged profile,
/// kUsage for profiles of several numbers of shards or of no image, and what ReadTextFile throws.
ProcessorTime ReadProcessorTime(const std::filesystem::path& folder);

}  // namespace mhcnn
