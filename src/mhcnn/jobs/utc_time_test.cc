#include "mhcnn/jobs/utc_time.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(ToUtcText, IsUtcWithMilliseconds) {
  EXPECT_EQ(ToUtcText(StoreTime(std::chrono::milliseconds(0))), "1970-01-01T00:00:00.000Z");
  // 1'800'000'000 s after 1970 are 2027-01-15 08:00 UTC.
  EXPECT_EQ(ToUtcText(StoreTime(std::chrono::milliseconds(1'800'000'000'007))),
            "2027-01-15T08:00:00.007Z");
}

TEST(ToUtcText, RoundTrips) {
  const StoreTime moment(std::chrono::milliseconds(1'800'000'000'123));
  EXPECT_EQ(ToUtcText(moment), "2027-01-15T08:00:00.123Z");
  EXPECT_EQ(ParseUtc(ToUtcText(moment)), moment);
  EXPECT_EQ(ParseUtc("2027-01-15T08:00:00Z"), moment - std::chrono::milliseconds(123));
  EXPECT_EQ(ParseUtc("1970-01-02"), StoreTime(std::chrono::hours(24)));
  for (const char* text : {"", "2027", "2027-13-01", "2027-02-30", "2027-01-15T08:00:00",
                           "2027-01-15T24:00:00Z", "2027-01-15 08:00:00Z",
                           "2027-01-15T08:00:00.12Z", "2027-01-15T08:00:00.123Zx", "x027-01-15"})
    EXPECT_FALSE(ParseUtc(text)) << text;
}

}  // namespace
}  // namespace mhcnn
