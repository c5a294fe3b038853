#include "mhcnn/train/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;

TEST(Schedule, FollowsClosedForm) {
  ScheduleOptions options;
  EXPECT_EQ(LearningRateFactor(options, 70, 100), 1);
  options.form = ScheduleForm::kCosine;
  options.warmup = 0.2;
  EXPECT_EQ(LearningRateFactor(options, 0, 100), 0);
  EXPECT_DOUBLE_EQ(LearningRateFactor(options, 10, 100), 0.5);
  EXPECT_DOUBLE_EQ(LearningRateFactor(options, 20, 100), 1);
  EXPECT_DOUBLE_EQ(LearningRateFactor(options, 60, 100), 0.5);
  EXPECT_NEAR(LearningRateFactor(options, 40, 100), (1 + std::sqrt(0.5)) / 2, 1e-12);
  EXPECT_NEAR(LearningRateFactor(options, 100, 100), 0, 1e-12);
  options.form = ScheduleForm::kOneCycle;
  EXPECT_DOUBLE_EQ(LearningRateFactor(options, 0, 100), 1.0 / 25);
  EXPECT_DOUBLE_EQ(LearningRateFactor(options, 20, 100), 1);
  options.form = ScheduleForm::kPlateau;
  EXPECT_DOUBLE_EQ(LearningRateFactor(options, 10, 100), 0.5);
  EXPECT_EQ(LearningRateFactor(options, 99, 100), 1);
}

TEST(ScheduleOptions, CheckNamesTheKey) {
  EXPECT_NO_THROW(ScheduleOptions().Check());
  const std::pair<const char*, ScheduleOptions> cases[] = {
      {"optimizer.warmup", {.warmup = 1}},
      {"optimizer.plateau_factor", {.plateau_factor = 1}},
      {"optimizer.plateau_patience", {.plateau_patience = 0}}};
  for (const auto& [key, options] : cases) {
    EXPECT_THAT(ErrorMessage([&] { options.Check(); }, ErrorCode::kUsage), HasSubstr(key));
  }
  EXPECT_EQ(ErrorMessage([] { ParseScheduleForm("key 'x'", "linear"); }, ErrorCode::kUsage),
            "key 'x' is 'linear', not one of constant, cosine, one_cycle, plateau");
}

TEST(PlateauTracker, ReducesRateOnPlateauOnly) {
  ScheduleOptions options{
      .form = ScheduleForm::kPlateau, .plateau_factor = 0.5, .plateau_patience = 2};
  PlateauTracker watch;
  EXPECT_TRUE(watch.Add(1.0, options));
  EXPECT_TRUE(watch.Add(0.8, options));
  EXPECT_FALSE(watch.Add(0.9, options));
  EXPECT_EQ(watch.rate_scale, 1);
  EXPECT_FALSE(watch.Add(0.8, options)) << "an equal loss is no lower one";
  EXPECT_EQ(watch.rate_scale, 0.5);
  EXPECT_EQ(watch.since_best, 2u);
  EXPECT_FALSE(watch.Add(0.85, options));
  EXPECT_EQ(watch.rate_scale, 0.5) << "counted anew after a cut";
  EXPECT_TRUE(watch.Add(0.7, options));
  EXPECT_EQ(watch.since_best, 0u);
  options.form = ScheduleForm::kCosine;
  PlateauTracker other;
  for (int i = 0; i < 10; ++i) other.Add(1, options);
  EXPECT_EQ(other.rate_scale, 1);
  EXPECT_EQ(other.since_best, 9u);
}

}  // namespace
}  // namespace mhcnn
