#include "mhcnn/service/peer_list.h"

#include <gtest/gtest.h>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using testing_support::ErrorMessage;

TEST(AddressRange, ContainsTheAddressesOfItsNetwork) {
  const AddressRange range("192.0.2.0/25");
  EXPECT_TRUE(range.Contains("192.0.2.0"));
  EXPECT_TRUE(range.Contains("192.0.2.127"));
  EXPECT_FALSE(range.Contains("192.0.2.128"));
  EXPECT_FALSE(range.Contains("192.0.3.1"));
  EXPECT_FALSE(range.Contains("2001:db8::1"));
  EXPECT_FALSE(range.Contains("no address"));
  EXPECT_FALSE(range.Contains(""));
}

TEST(AddressRange, ContainsOneAddress) {
  EXPECT_TRUE(AddressRange("10.1.2.3").Contains("10.1.2.3"));
  EXPECT_FALSE(AddressRange("10.1.2.3").Contains("10.1.2.4"));
  EXPECT_TRUE(AddressRange("2001:db8::/33").Contains("2001:db8:7fff::1"));
  EXPECT_FALSE(AddressRange("2001:db8::/33").Contains("2001:db8:8000::1"));
  EXPECT_TRUE(AddressRange("2001:db8::1").Contains("2001:0db8:0::0:1"));
}

TEST(AddressRange, TakesMappedAddressesForIPv4) {
  EXPECT_TRUE(AddressRange("192.0.2.0/24").Contains("::ffff:192.0.2.9"));
  EXPECT_TRUE(AddressRange("::ffff:192.0.2.9").Contains("192.0.2.9"));
}

TEST(AddressRange, EmptyRangeContainsAllAddresses) {
  EXPECT_TRUE(AddressRange().Contains("192.0.2.1"));
  EXPECT_TRUE(AddressRange("").Contains("2001:db8::1"));
  EXPECT_TRUE(AddressRange("0.0.0.0/0").Contains("203.0.113.200"));
  EXPECT_FALSE(AddressRange("0.0.0.0/0").Contains("2001:db8::1"));
}

TEST(AddressRange, RefusesWhatIsNoRange) {
  for (const char* text : {"pacs.example", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1",
                           "192.0.2.0/8x", "192.0.2.0/9999", "192.0.2.1/24", "/24", "1.2.3"}) {
    EXPECT_NE(ErrorMessage([&] { AddressRange range(text); }, ErrorCode::kUsage).find(text),
              std::string::npos);
  }
}

TEST(PeerList, AllowsAllWhereItIsEmpty) {
  const PeerList list;
  EXPECT_TRUE(list.AllowsAddress("203.0.113.1"));
  EXPECT_TRUE(list.Allows("ANY", "203.0.113.1"));
}

TEST(PeerList, RequiresTitleAndAddressOfSamePeer) {
  PeerList list;
  list.Add({"PACS", AddressRange("192.0.2.0/24")});
  list.Add({"", AddressRange("198.51.100.7")});
  EXPECT_TRUE(list.AllowsAddress("192.0.2.1"));
  EXPECT_FALSE(list.AllowsAddress("203.0.113.1"));
  EXPECT_TRUE(list.Allows("PACS", "192.0.2.1"));
  EXPECT_FALSE(list.Allows("pacs", "192.0.2.1"));
  EXPECT_FALSE(list.Allows("PACS", "203.0.113.1"));
  EXPECT_FALSE(list.Allows("OTHER", "192.0.2.1"));
  EXPECT_TRUE(list.Allows("OTHER", "198.51.100.7"));
}

}  // namespace
}  // namespace mhcnn
