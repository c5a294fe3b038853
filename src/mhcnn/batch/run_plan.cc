#include "mhcnn/batch/run_plan.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <queue>
#include <vector>

#include "mhcnn/base/option_check.h"
#include "mhcnn/base/random.h"

namespace mhcnn {
namespace {

constexpr double kHour = 3600, kMbPerTb = 1e6;
constexpr double kMaxMachines = 1'000'000;

/// Times of one shard, in seconds.
struct ShardTime {
  double overhead;  ///< start and headers, again after each failure
  double work;      ///< its images
};

struct Shards {
  double images;       ///< images in all
  std::int64_t count;  ///< shards in all
  ShardTime time;
};

/// `machines` share the storage.
Shards DivideRun(const RunPlanOptions& o, double machines) {
  Shards shards{};
  shards.images = std::ceil(static_cast<double>(o.exams) * o.images_per_exam);
  shards.count = static_cast<std::int64_t>(std::ceil(shards.images / o.shard_images));
  const double busy = std::min(machines, static_cast<double>(shards.count));
  const double megabytes = o.image_mb + o.result_mb;
  const double image = std::max({o.core_seconds / o.cores, megabytes / o.machine_mb_per_second,
                                 megabytes * busy / o.storage_mb_per_second});
  const double listed = std::min(shards.images, static_cast<double>(o.run_images));
  shards.time = {o.start_seconds + listed * o.header_seconds,
                 shards.images / static_cast<double>(shards.count) * image};
  return shards;
}

/// Seconds that a shard takes on average; see PlanRun.
double ExpectedSeconds(const ShardTime& t, double failures_per_second, double restart) {
  if (failures_per_second <= 0) return t.overhead + t.work;
  const double f = failures_per_second;
  const double overhead = std::expm1(f * t.overhead) * (1 / f + restart);
  return overhead + t.work + f * t.work * (restart + overhead);
}

double Waves(std::int64_t shards, std::int64_t machines) {
  return std::ceil(static_cast<double>(shards) / static_cast<double>(machines));
}

/// Seconds of one shard with random failures; counts them.
double Draw(const ShardTime& t, double f, double restart, RandomStream& random, double& failures) {
  if (f <= 0) return t.overhead + t.work;
  double seconds = 0, done = 0;
  for (;;) {
    const double until = -std::log1p(-random.Uniform()) / f;  // the next failure
    const double needed = t.overhead + t.work - done;
    if (until >= needed) return seconds + needed;
    done += std::max(0.0, until - t.overhead);
    seconds += until + restart;
    ++failures;
  }
}

void CheckMachines(std::int64_t machines) {
  CheckRange("machines", static_cast<double>(machines), 1, kMaxMachines);
}

}  // namespace

void RunPlanOptions::Check() const {
  CheckRange("exams", static_cast<double>(exams), 1, 1e10);
  CheckRange("images_per_exam", images_per_exam, 0.1, 1000);
  CheckRange("core_seconds", core_seconds, 1e-6, 1e4);
  CheckRange("cores", cores, 1, 4096);
  CheckRange("image_mb", image_mb, 1e-6, 1e5);
  CheckRange("result_mb", result_mb, 0, 1e5);
  CheckRange("machine_mb_per_second", machine_mb_per_second, 1e-3, 1e6);
  CheckRange("storage_mb_per_second", storage_mb_per_second, 1e-3, 1e9);
  CheckRange("run_images", static_cast<double>(run_images), 1, 1e10);
  CheckRange("shard_images", shard_images, 1, 1e9);
  CheckRange("header_seconds", header_seconds, 0, 100);
  CheckRange("start_seconds", start_seconds, 0, 1e5);
  CheckRange("failures_per_hour", failures_per_hour, 0, 100);
  CheckRange("restart_seconds", restart_seconds, 0, 1e6);
  CheckRange("straggling", straggling, 0, 2);
  const Shards shards = DivideRun(*this, 1);
  CheckRange("shards", static_cast<double>(shards.count), 1, 1e7);
  // Above this a machine fails before it has started: the run does not end.
  CheckRange("failures_per_hour times the start of a shard",
             failures_per_hour * shards.time.overhead / kHour, 0, 5);
}

RunPlan PlanRun(const RunPlanOptions& options, std::int64_t machines) {
  options.Check();
  CheckMachines(machines);
  const Shards shards = DivideRun(options, static_cast<double>(machines));
  const ShardTime& t = shards.time;
  const double waves = Waves(shards.count, machines);
  const double busy = static_cast<double>(std::min(machines, shards.count));
  const double megabytes = options.image_mb + options.result_mb;
  RunPlan plan;
  plan.images = shards.images;
  plan.stored_tb = shards.images * options.image_mb / kMbPerTb;
  plan.results_tb = shards.images * options.result_mb / kMbPerTb;
  plan.shards = shards.count;
  plan.shard_seconds = t.overhead + t.work;
  plan.ideal_hours = waves * plan.shard_seconds / kHour;
  plan.expected_hours =
      waves * ExpectedSeconds(t, options.failures_per_hour / kHour, options.restart_seconds) /
      kHour;
  const double alone =
      std::max(options.core_seconds / options.cores, megabytes / options.machine_mb_per_second);
  plan.storage_bound = megabytes * busy / options.storage_mb_per_second > alone;
  plan.read_mb_per_second = shards.images / static_cast<double>(shards.count) * options.image_mb /
                            std::max(t.work, 1e-9) * busy;
  return plan;
}

std::int64_t CountMachinesNeeded(const RunPlanOptions& options, double hours) {
  options.Check();
  CheckAtLeast("hours", hours, 0);
  // The storage limits what more machines bring, and a wave ends with its last shard: the hours
  // need not fall with each machine, so the candidates are the numbers at which a wave falls away.
  const std::int64_t shards = PlanRun(options, 1).shards;
  for (auto waves = static_cast<std::int64_t>(std::min(
           static_cast<double>(shards), hours * kHour / PlanRun(options, 1).shard_seconds));
       waves >= 1; --waves) {
    const std::int64_t machines = (shards + waves - 1) / waves;
    if (static_cast<double>(machines) > kMaxMachines) break;
    if (PlanRun(options, machines).expected_hours <= hours) return machines;
  }
  return 0;
}

SimulatedHours SimulateRun(const RunPlanOptions& options, std::int64_t machines, int trials,
                           std::uint64_t seed) {
  options.Check();
  CheckMachines(machines);
  CheckRange("trials", trials, 1, 1e6);
  const Shards shards = DivideRun(options, static_cast<double>(machines));
  const double f = options.failures_per_hour / kHour;
  const std::int64_t busy = std::min(machines, shards.count);
  std::vector<double> hours;
  SimulatedHours found;
  for (int trial = 0; trial < trials; ++trial) {
    RandomStream random(seed, static_cast<std::uint64_t>(trial));
    std::priority_queue<double, std::vector<double>, std::greater<>> free_at;
    for (std::int64_t i = 0; i < busy; ++i) free_at.push(0);
    double last = 0;
    for (std::int64_t i = 0; i < shards.count; ++i) {
      // Logarithmic normal of mean 1: a shard may lie on a slow machine or hold large files.
      const double s = options.straggling;
      const double slow = s > 0 ? std::exp(s * random.Normal() - s * s / 2) : 1;
      const ShardTime t{shards.time.overhead * slow, shards.time.work * slow};
      const double end =
          free_at.top() + Draw(t, f, options.restart_seconds, random, found.failures);
      free_at.pop();
      free_at.push(end);
      last = std::max(last, end);
    }
    hours.push_back(last / kHour);
  }
  std::sort(hours.begin(), hours.end());
  found.mean = std::accumulate(hours.begin(), hours.end(), 0.0) / trials;
  found.median = hours[hours.size() / 2];
  found.late = hours[static_cast<std::size_t>(0.95 * static_cast<double>(hours.size() - 1))];
  found.failures /= trials;
  return found;
}

}  // namespace mhcnn
