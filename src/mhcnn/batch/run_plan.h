#pragma once

#include <cstdint>

namespace mhcnn {

/// Properties of a batch over many machines: measured rates and the behaviour of the machines. Each
/// machine measures one shard at a time with all its cores.
struct RunPlanOptions {
  std::int64_t exams = 100'000;        ///< exams to measure
  double images_per_exam = 4;          ///< images of an exam
  double core_seconds = 0.23;          ///< processor seconds of an image, all stages
  int cores = 16;                      ///< cores of a machine that mhcnn uses
  double image_mb = 10;                ///< megabytes of a file, as it is stored
  double result_mb = 0.05;             ///< megabytes written for an image
  double machine_mb_per_second = 100;  ///< megabytes a second that a machine reads from the storage
  double storage_mb_per_second = 1000;  ///< the same for all machines together
  std::int64_t run_images = 200'000;    ///< images of one `predict`, which each of its shards lists
  double shard_images = 5'000;          ///< images of one shard
  double header_seconds = 0.0005;       ///< seconds to read one file's header
  double start_seconds = 5;             ///< seconds until a shard reads its first header
  double failures_per_hour = 0.001;     ///< failures of a machine, or kills of its task, in an hour
  double restart_seconds = 300;         ///< seconds until a shard that failed runs again
  /// Spread of the machines' speeds: standard deviation of the logarithm of a shard's time.
  double straggling = 0.1;

  void Check() const;  ///< throws Error(kUsage) naming the field
};

/// Time and data of a batch on a number of machines.
struct RunPlan {
  double images = 0;              ///< images in all
  double stored_tb = 0;           ///< terabytes that are read
  double results_tb = 0;          ///< terabytes that are written
  std::int64_t shards = 0;        ///< shards in all
  double shard_seconds = 0;       ///< seconds of one shard on a machine that does not fail
  double ideal_hours = 0;         ///< hours without failures and slow machines
  double expected_hours = 0;      ///< hours with failures, on equal machines
  double read_mb_per_second = 0;  ///< megabytes a second that all machines together read
  bool storage_bound = false;     ///< whether the storage, not the machines, limits the speed
};

/// Computes the plan in closed form. With failures at a constant rate, each of which costs the
/// restart, the start and the list of headers but no image that is done, a shard takes E_o + w + f
/// w (r + E_o), where w is the time of its images, f the rate, r the restart and E_o = (exp(f o) -
/// 1) (1 / f + r) the time to complete an overhead o without a failure. Throws Error(kUsage) if an
/// option is out of range or `machines` is below 1.
RunPlan PlanRun(const RunPlanOptions& options, std::int64_t machines);

/// Returns the smallest number of machines whose expected hours are at most `hours`; 0 if the
/// storage or one shard alone takes longer. Throws Error(kUsage).
std::int64_t CountMachinesNeeded(const RunPlanOptions& options, double hours);

/// Hours of simulated runs.
struct SimulatedHours {
  double mean = 0;      ///< mean of the runs
  double median = 0;    ///< half of the runs end earlier
  double late = 0;      ///< 95 % of the runs end earlier
  double failures = 0;  ///< mean number of failures in a run
};

/// Runs the batch `trials` times with random failures and speeds: each machine takes the next shard
/// when it is free; a shard that fails waits for the restart and keeps the images that are done.
/// The same seed gives the same hours. Throws Error(kUsage).
SimulatedHours SimulateRun(const RunPlanOptions& options, std::int64_t machines, int trials,
                           std::uint64_t seed);

}  // namespace mhcnn
