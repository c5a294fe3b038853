#include "mhcnn/distributed/process_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "mhcnn/testing/thread_group.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using testing_support::SummingThreads;
using testing_support::ThreadGroup;

TEST(ProcessGroup, IsOneProcessByDefault) {
  ProcessGroup alone;
  EXPECT_TRUE(alone.alone());
  EXPECT_TRUE(alone.IsRoot());
  EXPECT_THAT(alone.AllReduce({1.5, -2}), ElementsAre(1.5, -2));
  EXPECT_TRUE(alone.Any(true));
  EXPECT_FALSE(alone.Any(false));
}

TEST(ProcessGroup, SumsEachValueOverProcesses) {
  SummingThreads threads(3);
  std::vector<std::vector<double>> sums(3);
  threads.Run([&](int rank) {
    ThreadGroup group(threads, rank, 3);
    // 2^52 + 1 needs all digits of a double.
    sums[static_cast<std::size_t>(rank)] =
        group.AllReduce({static_cast<double>(rank), rank == 0 ? 4503599627370497.0 : 0.0, 1});
  });
  for (const auto& found : sums) EXPECT_THAT(found, ElementsAre(3, 4503599627370497.0, 3));
}

TEST(ProcessGroup, AnyIsTrueOnAllProcessesWhereOneSaysSo) {
  for (const int raised : {-1, 0, 1}) {
    SummingThreads threads(2);
    std::vector<char> any(2, 9);
    threads.Run([&](int rank) {
      ThreadGroup group(threads, rank, 2);
      any[static_cast<std::size_t>(rank)] = group.Any(rank == raised);
    });
    EXPECT_THAT(any, ElementsAre(raised >= 0, raised >= 0));
  }
}

TEST(ProcessGroup, RootIsRankZeroAlone) {
  SummingThreads threads(2);
  EXPECT_TRUE(ThreadGroup(threads, 0, 2).IsRoot());
  EXPECT_FALSE(ThreadGroup(threads, 1, 2).IsRoot());
  EXPECT_FALSE(ThreadGroup(threads, 0, 2).alone());
}

TEST(StartedByMpi, ReadsTheVariablesOfEachLauncher) {
  const char* names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"};
  for (const char* name : names) ::unsetenv(name);
  EXPECT_FALSE(StartedByMpi());
  EXPECT_TRUE(JoinProcessGroup()->alone());
  for (const char* name : names) {
    ::setenv(name, "1", 1);
    EXPECT_TRUE(StartedByMpi()) << name;
    ::unsetenv(name);
  }
}

}  // namespace
}  // namespace mhcnn
