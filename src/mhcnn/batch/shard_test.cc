#include "mhcnn/batch/shard.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "mhcnn/base/error.h"
#include "mhcnn/batch/inputs.h"

namespace mhcnn {
namespace {

TEST(Shard, ReadsTextAndEnvironment) {
  EXPECT_EQ(ParseShard("2/8").Suffix(), "-2-of-8");
  EXPECT_EQ(ParseShard("1/1").Suffix(), "-1-of-1");
  EXPECT_EQ(Shard().Suffix(), "");
  EXPECT_EQ(ParseShard("7/999999").Suffix(), "-7-of-999999");
  for (const char* bad : {"", "0/3", "4/3", "2", "x/3", "1/0", "1/-2", "1/1000000", "auto"}) {
    EXPECT_THROW(ParseShard(bad), Error) << bad;
  }
  ::setenv("SLURM_ARRAY_TASK_ID", "12", 1);
  ::setenv("SLURM_ARRAY_TASK_MIN", "10", 1);
  ::setenv("SLURM_ARRAY_TASK_COUNT", "5", 1);
  EXPECT_EQ(ParseShard("auto").Suffix(), "-3-of-5");
  // Two tasks of eight, or one of them, that are submitted again.
  ::setenv("SLURM_ARRAY_TASK_COUNT", "2", 1);
  EXPECT_THROW(ParseShard("auto/8"), Error);
  ::setenv("SLURM_ARRAY_TASK_COUNT", "1", 1);  // of an array of one, nothing tells what it is of
  EXPECT_THROW(ParseShard("auto"), Error);
  EXPECT_THROW(ParseShard("auto/8"), Error);
  ::unsetenv("SLURM_ARRAY_TASK_ID");
  ::setenv("JOB_COMPLETION_INDEX", "0", 1);
  EXPECT_EQ(ParseShard("auto/4").Suffix(), "-1-of-4");
  EXPECT_THROW(ParseShard("auto"), Error);
  ::unsetenv("JOB_COMPLETION_INDEX");
}

TEST(Shard, FilesWhoseHeaderCannotBeReadAreNamed) {
  const std::vector<BatchItem> items = {{"/none/a.dcm", "", "a"}};
  for (int part = 1; part <= 2; ++part) {
    const auto unread = SelectShard(items, {part, 2}, StudyBy::kAuto, 1).unread;
    ASSERT_EQ(unread.size(), 1u);
    EXPECT_EQ(unread[0], "/none/a.dcm");
  }
}

TEST(Shard, PartsAreDisjointAndComplete) {
  std::vector<BatchItem> items;
  for (int i = 0; i < 300; ++i) {
    items.push_back(
        {"/none/exam" + std::to_string(i / 4) + "/" + std::to_string(i) + ".png", "", ""});
  }
  std::map<std::string, int> seen, parts;
  for (int part = 1; part <= 3; ++part) {
    const auto mine = SelectShard(items, {part, 3}, StudyBy::kFolder, 1).items;
    EXPECT_GT(mine.size(), 60u);
    for (const auto& item : mine) {
      ++seen[item.path.string()];
      const auto [at, isnew] = parts.emplace(item.path.parent_path().string(), part);
      EXPECT_EQ(at->second, part) << "an exam was split";
    }
  }
  EXPECT_EQ(seen.size(), 300u);
}

}  // namespace
}  // namespace mhcnn
