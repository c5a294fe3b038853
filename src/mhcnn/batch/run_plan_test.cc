#include "mhcnn/batch/run_plan.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

/// 1,000 images in 10 shards of 100 s and 10 s of overhead; nothing fails.
RunPlanOptions Simple() {
  RunPlanOptions o;
  o.exams = 250;
  o.core_seconds = 4;
  o.cores = 4;
  o.image_mb = 5;
  o.result_mb = 0;
  o.machine_mb_per_second = 100;
  o.storage_mb_per_second = 1e6;
  o.run_images = 1000;
  o.shard_images = 100;
  o.header_seconds = 0.005;
  o.start_seconds = 5;
  o.failures_per_hour = 0;
  o.straggling = 0;
  return o;
}

TEST(RunPlan, TakesTheWavesOfItsShards) {
  const RunPlan one = PlanRun(Simple(), 1);
  EXPECT_EQ(one.shards, 10);
  EXPECT_DOUBLE_EQ(one.images, 1000);
  EXPECT_DOUBLE_EQ(one.stored_tb, 0.005);
  EXPECT_DOUBLE_EQ(one.shard_seconds, 110);
  EXPECT_DOUBLE_EQ(one.ideal_hours, 1100.0 / 3600);
  EXPECT_DOUBLE_EQ(one.expected_hours, one.ideal_hours);
  EXPECT_DOUBLE_EQ(one.read_mb_per_second, 5);
  EXPECT_DOUBLE_EQ(PlanRun(Simple(), 4).ideal_hours, 330.0 / 3600);  // three waves
  EXPECT_DOUBLE_EQ(PlanRun(Simple(), 10).ideal_hours, 110.0 / 3600);
  EXPECT_DOUBLE_EQ(PlanRun(Simple(), 99).ideal_hours, 110.0 / 3600);  // more than shards
}

TEST(RunPlan, IsBoundByTheNarrowestPath) {
  RunPlanOptions o = Simple();
  o.machine_mb_per_second = 2.5;  // 2 s an image
  EXPECT_DOUBLE_EQ(PlanRun(o, 1).shard_seconds, 210);
  o = Simple();
  o.storage_mb_per_second = 10;  // two images a second of all machines
  EXPECT_FALSE(PlanRun(o, 2).storage_bound);
  const RunPlan bound = PlanRun(o, 10);
  EXPECT_TRUE(bound.storage_bound);
  EXPECT_DOUBLE_EQ(bound.shard_seconds, 10 + 500);
  EXPECT_DOUBLE_EQ(bound.read_mb_per_second, 10);
}

TEST(RunPlan, SimulationWithoutChanceIsTheClosedForm) {
  for (const int machines : {1, 3, 4, 10, 50}) {
    const SimulatedHours hours = SimulateRun(Simple(), machines, 3, 1);
    EXPECT_NEAR(hours.median, PlanRun(Simple(), machines).ideal_hours, 1e-9) << machines;
    EXPECT_DOUBLE_EQ(hours.failures, 0);
  }
}

TEST(RunPlan, SimulatedFailuresHaveTheMeanOfTheClosedForm) {
  RunPlanOptions o = Simple();
  o.exams = 25;  // one shard on one machine: its mean is exact
  o.restart_seconds = 60;
  for (const double rate : {1.0, 10.0, 60.0}) {
    o.failures_per_hour = rate;
    const int trials = 20'000;
    const SimulatedHours hours = SimulateRun(o, 1, trials, 7);
    const double expected = PlanRun(o, 1).expected_hours;
    // Times are at most a few means wide: 2 % are over five standard errors.
    EXPECT_NEAR(hours.mean / expected, 1, 0.02) << rate;
    EXPECT_GT(hours.failures, 0) << rate;
  }
}

TEST(RunPlan, StragglersDelayTheEndAndManyShardsHideThem) {
  RunPlanOptions o = Simple();
  o.straggling = 0.3;
  const double few = SimulateRun(o, 10, 500, 3).median / PlanRun(o, 10).ideal_hours;
  o.exams = 25'000;  // 1,000 shards
  const double many = SimulateRun(o, 10, 50, 3).median / PlanRun(o, 10).ideal_hours;
  EXPECT_GT(few, 1.3);
  EXPECT_NEAR(many, 1, 0.03);
}

TEST(RunPlan, FindsTheLeastNumberOfMachines) {
  const RunPlanOptions o = Simple();
  for (const double hours : {0.05, 0.1, 0.2, 0.31}) {
    const auto machines = CountMachinesNeeded(o, hours);
    ASSERT_GT(machines, 0) << hours;
    EXPECT_LE(PlanRun(o, machines).expected_hours, hours);
    if (machines > 1) {
      EXPECT_GT(PlanRun(o, machines - 1).expected_hours, hours);
    }
  }
  EXPECT_EQ(CountMachinesNeeded(o, 0.01), 0);  // one shard takes longer
  RunPlanOptions narrow = o;
  narrow.storage_mb_per_second = 1;  // 5,000 s for all
  EXPECT_EQ(CountMachinesNeeded(narrow, 0.5), 0);
}

TEST(RunPlan, RefusesWhatIsOutOfRange) {
  RunPlanOptions o = Simple();
  o.core_seconds = 0;
  EXPECT_THROW(PlanRun(o, 1), Error);
  EXPECT_THROW(PlanRun(Simple(), 0), Error);
  EXPECT_THROW(SimulateRun(Simple(), 1, 0, 1), Error);
}

}  // namespace
}  // namespace mhcnn
