#include "mhcnn/service/web/rate_limiter.h"

#include <gtest/gtest.h>

#include <string>

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const RateLimiter::Time kBegin{seconds(1'000)};

TEST(RateLimiter, GivesEachAddressItsRequestsOfAMinute) {
  RateLimiter limiter(60);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(limiter.Take("a", kBegin), seconds(0)) << i;
  EXPECT_EQ(limiter.Take("a", kBegin), seconds(1));
  EXPECT_EQ(limiter.Take("b", kBegin), seconds(0));
  EXPECT_EQ(limiter.Take("a", kBegin + milliseconds(900)), seconds(1));
  EXPECT_EQ(limiter.Take("a", kBegin + milliseconds(1'100)), seconds(0));
  EXPECT_EQ(limiter.Take("a", kBegin + milliseconds(1'200)), seconds(1));
  for (int i = 0; i < 60; ++i) EXPECT_EQ(limiter.Take("a", kBegin + seconds(120)), seconds(0));
  EXPECT_EQ(limiter.Take("a", kBegin + seconds(120)), seconds(1));
}

TEST(RateLimiter, SaysHowLongToWait) {
  RateLimiter limiter(2);
  limiter.Take("a", kBegin);
  limiter.Take("a", kBegin);
  EXPECT_EQ(limiter.Take("a", kBegin), seconds(30));
  EXPECT_EQ(limiter.Take("a", kBegin + seconds(30)), seconds(0));
}

TEST(RateLimiter, ZeroIsNoLimit) {
  RateLimiter limiter(0);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(limiter.Take("a", kBegin), seconds(0));
}

TEST(RateLimiter, ManyAddressesTakeNoMoreThanTheirRoom) {
  RateLimiter limiter(1);
  for (int i = 0; i < 30'000; ++i) {
    EXPECT_EQ(limiter.Take(std::to_string(i), kBegin), seconds(0));
  }
}

}  // namespace
}  // namespace mhcnn
