#include "mhcnn/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

TEST(ParallelFor, VisitsEachOnceAndRethrows) {
  std::vector<std::atomic<int>> visits(1000);
  ParallelFor(visits.size(), 4, [&](std::size_t i) { ++visits[i]; });
  for (const auto& v : visits) EXPECT_EQ(v, 1);
  EXPECT_THROW(ParallelFor(100, 4,
                           [](std::size_t i) {
                             if (i == 50) throw Error(ErrorCode::kInternal, "x");
                           }),
               Error);
}

TEST(AvailableThreads, OfControlGroupsQuota) {
  EXPECT_EQ(ThreadsFromQuota("400000 100000"), 4);
  EXPECT_EQ(ThreadsFromQuota("150000 100000\n"), 2);
  EXPECT_EQ(ThreadsFromQuota("1000 100000"), 1);
  for (const char* none : {"max 100000", "", "100000", "0 100000", "5 0", "x y"})
    EXPECT_EQ(ThreadsFromQuota(none), std::nullopt) << none;
  EXPECT_GE(AvailableThreads(), 1);
}

}  // namespace
}  // namespace mhcnn
