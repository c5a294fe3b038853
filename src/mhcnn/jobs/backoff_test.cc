#include "mhcnn/jobs/backoff.h"

#include <gtest/gtest.h>

#include <set>

namespace mhcnn {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoublesUpToTheLongestWithJitter) {
  const milliseconds first(10'000), longest(600'000);
  const milliseconds expected[] = {first, 2 * first, 4 * first, 8 * first};
  for (int failures = 1; failures <= 4; ++failures) {
    std::set<milliseconds> seen;
    for (int i = 0; i < 50; ++i) {
      const milliseconds delay = Backoff(failures, first, longest);
      EXPECT_GE(delay, expected[failures - 1]);
      EXPECT_LE(delay, expected[failures - 1] * 5 / 4);
      seen.insert(delay);
    }
    EXPECT_GT(seen.size(), 10u) << "no jitter";
  }
  for (const int failures : {7, 100, 2'000'000'000}) {
    EXPECT_GE(Backoff(failures, first, longest), longest);
    EXPECT_LE(Backoff(failures, first, longest), longest * 5 / 4);
  }
}

}  // namespace
}  // namespace mhcnn
