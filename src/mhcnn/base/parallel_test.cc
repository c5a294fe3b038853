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

}  // namespace
}  // namespace mhcnn
