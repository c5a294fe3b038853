#include "mhcnn/batch/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <vector>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;
using Clock = std::chrono::steady_clock;

BatchProfile Example() {
  BatchProfile profile;
  AddStages({.read = 1, .prepare = 2, .network = 3, .measure = 0.5, .write = 1.5}, profile.stages);
  AddStages({.read = 1, .prepare = 0, .network = 0, .measure = 0, .write = 0}, profile.stages);
  profile.draw = 1;
  profile.images = 4;
  profile.workers = 3;
  profile.wall = 5;
  profile.processor = 8;
  profile.processors = 2;
  profile.first_row = 0.25;
  profile.memory = 300'000'000;
  return profile;
}

TEST(BatchProfile, ReportsWorkerTimePerStage) {
  const BatchProfile profile = Example();
  EXPECT_DOUBLE_EQ(profile.Other(), 3 * 5 - 9);
  const std::string table = ToTable(profile);
  EXPECT_THAT(table, HasSubstr("read            2.00     13.3     500.0     0.40\n"));
  EXPECT_THAT(table, HasSubstr("network         3.00     20.0     750.0     0.60\n"));
  EXPECT_THAT(table, HasSubstr("draw            1.00      6.7     250.0     0.20\n"));
  EXPECT_THAT(table, HasSubstr("write           0.50      3.3     125.0     0.10\n"));
  EXPECT_THAT(table, HasSubstr("other           6.00     40.0    1500.0     1.20\n"));
  EXPECT_THAT(table, HasSubstr("4 images in 5.00 s: 0.80 images a second, by 3 workers; 8.00 s of "
                               "processor time, 80 % of 2 processors"));
  EXPECT_THAT(table, HasSubstr("first row 0.25 s after the start; largest memory 300 MB"));
  EXPECT_EQ(ToJson(profile)["stage_seconds"]["other"], 6);
  EXPECT_EQ(ToJson(profile)["first_row_seconds"], 0.25);
}

TEST(BatchProfile, StagesAddUpToTheWorkersTime) {
  double sum = 0;
  const nlohmann::json json = ToJson(Example());
  for (const auto& seconds : json["stage_seconds"]) sum += seconds.get<double>();
  EXPECT_DOUBLE_EQ(sum, 3 * 5);
}

TEST(BatchProfile, EmptyProfileStillPrintsTable) {
  EXPECT_THAT(ToTable({}), HasSubstr("0 images in 0.00 s"));
}

TEST(ProfileClock, MeasuresProcessorTimeAndMemory) {
  const double before = ProfileClock::SecondsSinceProgramStart();
  const ProfileClock clock;
  const std::vector<char> memory(20'000'000, 'x');
  const auto start = Clock::now();
  while (Clock::now() - start < std::chrono::milliseconds(30)) {
  }
  BatchProfile profile;
  clock.Stop(profile);
  EXPECT_GE(profile.wall, 0.03);
  EXPECT_GT(profile.processor, 0);
  EXPECT_LE(profile.processor, profile.wall * 1.5);  // one thread was busy
  EXPECT_GE(profile.processors, 1);
  EXPECT_GE(profile.memory, memory.size());
  EXPECT_GE(ProfileClock::SecondsSinceProgramStart(), before + 0.01);
  EXPECT_LT(before, 600);
}

TEST(ReadProcessorTime, AddsTheProfilesOfAFolder) {
  const ScratchFolder folder;
  EXPECT_EQ(ReadProcessorTime(folder.path()).images, 0);
  WriteFileAtomically(folder / "profile.json", ToJson(Example()).dump());
  EXPECT_EQ(ReadProcessorTime(folder.path()).images, 4);
  EXPECT_DOUBLE_EQ(ReadProcessorTime(folder.path()).seconds, 8);
  WriteFileAtomically(folder / "profile-2-of-8.json", ToJson(Example()).dump());
  WriteFileAtomically(folder / "profile-3-of-8.json", ToJson(Example()).dump());
  for (const char* other : {"results.json", "profile-old.json", "profile-2-of-8.json.json"})
    WriteFileAtomically(folder / other, "{}");
  EXPECT_EQ(ReadProcessorTime(folder.path()).images, 4)
      << "profile.json goes before the profiles of shards";
  std::filesystem::remove(folder / "profile.json");
  EXPECT_EQ(ReadProcessorTime(folder.path()).images, 8);
  EXPECT_DOUBLE_EQ(ReadProcessorTime(folder.path()).seconds, 16);
  WriteFileAtomically(folder / "profile-1-of-2.json", ToJson(Example()).dump());
  EXPECT_THAT(ErrorMessage([&] { ReadProcessorTime(folder.path()); }, ErrorCode::kUsage),
              HasSubstr("contains profiles of a batch that was divided into "));
  WriteFileAtomically(folder / "profile.json", ToJson(BatchProfile()).dump());
  EXPECT_THAT(ErrorMessage([&] { ReadProcessorTime(folder.path()); }, ErrorCode::kUsage),
              HasSubstr("profile.json: is the profile of a run that measured no file"));
  for (const char* damaged : {"", "{", "null", R"({"images": -1, "processor_seconds": 1})"}) {
    WriteFileAtomically(folder / "profile.json", damaged);
    EXPECT_THAT(ErrorMessage([&] { ReadProcessorTime(folder.path()); }, ErrorCode::kCorrupt),
                HasSubstr("profile.json: is not a profile"));
  }
}

}  // namespace
}  // namespace mhcnn
