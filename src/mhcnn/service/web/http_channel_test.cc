#include "mhcnn/service/web/http_channel.h"

#include <gtest/gtest.h>

#include <string>

namespace mhcnn {
namespace {

TEST(HttpChannel, GivesWhatWasSentAndThenEnds) {
  HttpChannel channel;
  EXPECT_TRUE(channel.Send("a"));
  int woken = 0;
  channel.Listen([&] { ++woken; });
  EXPECT_TRUE(channel.Send("b"));
  channel.End();
  EXPECT_EQ(woken, 2);
  EXPECT_FALSE(channel.ended());
  EXPECT_EQ(channel.Take(), "ab");
  EXPECT_TRUE(channel.ended());
  EXPECT_FALSE(channel.Send("c"));
  EXPECT_EQ(channel.Take(), "");
}

TEST(HttpChannel, CutsASlowClientOff) {
  HttpChannel channel(10);
  EXPECT_TRUE(channel.Send("0123456789"));
  EXPECT_FALSE(channel.Send("x"));
  EXPECT_TRUE(channel.ended());
}

TEST(HttpChannel, DoesNotWakeClosedClients) {
  HttpChannel channel;
  int woken = 0;
  channel.Listen([&] { ++woken; });
  channel.Abandon();
  EXPECT_FALSE(channel.Send("a"));
  EXPECT_EQ(woken, 0);
}

}  // namespace
}  // namespace mhcnn
