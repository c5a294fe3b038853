#include "mhcnn/service/access/login_throttle.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using std::chrono::seconds;

class LoginThrottleTest : public ::testing::Test {
 protected:
  seconds Begin(const std::string& name, const std::string& address = "192.0.2.1") {
    return throttle_.Begin(name, address);
  }
  LoginThrottle Made(ThrottleLimits limits) {
    return LoginThrottle(limits, [this] { return now_; });
  }

  std::chrono::steady_clock::time_point now_{std::chrono::hours(1'000)};
  LoginThrottle throttle_ = Made({});
};

TEST_F(LoginThrottleTest, AllowsFiveAttemptsPerNameThenOnePerMinute) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Begin("anna"), seconds(0)) << i;
  EXPECT_EQ(Begin("anna"), seconds(60));
  EXPECT_EQ(Begin("anna", "198.51.100.9"), seconds(60)) << "from wherever";
  EXPECT_EQ(Begin("bert"), seconds(0));
  now_ += seconds(59);
  EXPECT_EQ(Begin("anna"), seconds(1)) << "a refused one costs nothing";
  now_ += seconds(1);
  EXPECT_EQ(Begin("anna"), seconds(0));
  EXPECT_EQ(Begin("anna"), seconds(60));
}

TEST_F(LoginThrottleTest, AllowsSixtyFiveGuessesPerNameAndHour) {
  int guessed = 0;
  for (int second = 0; second < 3'600; ++second, now_ += seconds(1)) {
    if (Begin("anna", "192.0.2." + std::to_string(second % 200)) == seconds(0)) ++guessed;
  }
  EXPECT_GE(guessed, 60);
  EXPECT_LE(guessed, 65);
}

TEST_F(LoginThrottleTest, TakesTwentyFromAnAddress) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Begin("name" + std::to_string(i)), seconds(0)) << i;
  EXPECT_EQ(Begin("another"), seconds(10));
  EXPECT_EQ(Begin("another", "192.0.2.2"), seconds(0));
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(Begin("six" + std::to_string(i), "2001:db8::" + std::to_string(i)), seconds(0));
  EXPECT_EQ(Begin("last", "2001:db8::ffff"), seconds(10)) << "of the same /64";
  EXPECT_EQ(Begin("last", "2001:db8:0:1::1"), seconds(0));
}

TEST_F(LoginThrottleTest, SuccessResetsCounter) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Begin("anna"), seconds(0)) << i;
    throttle_.Succeeded("anna", "192.0.2.1");
  }
  for (int i = 0; i < 4; ++i) Begin("anna");
  EXPECT_EQ(Begin("anna"), seconds(0));
  throttle_.Succeeded("anna", "192.0.2.1");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Begin("anna"), seconds(0)) << i;
  EXPECT_GT(Begin("anna"), seconds(0));
}

TEST_F(LoginThrottleTest, RemembersABoundedNumber) {
  ThrottleLimits limits;
  limits.max_remembered = 3;
  limits.max_per_address = 1'000'000;
  LoginThrottle throttle = Made(limits);
  for (int i = 0; i < 5; ++i) throttle.Begin("anna", "192.0.2.1");
  EXPECT_GT(throttle.Begin("anna", "192.0.2.1"), seconds(0));
  for (const char* name : {"b", "c"}) throttle.Begin(name, "192.0.2.1");
  EXPECT_GT(throttle.Begin("anna", "192.0.2.1"), seconds(0));
  for (const char* name : {"d", "e", "f"}) throttle.Begin(name, "192.0.2.1");
  EXPECT_EQ(throttle.Begin("anna", "192.0.2.1"), seconds(0)) << "the others took its place";
}

}  // namespace
}  // namespace mhcnn
