#include "mhcnn/service/access/request_client.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

AccessConfig Trusting(const std::string& range) {
  AccessConfig config;
  config.trusted_proxies.Add({"", AddressRange(range)});
  return config;
}

HttpRequest From(const std::string& address, const HttpFields& fields) {
  HttpRequest request;
  request.address = address;
  request.fields = fields;
  return request;
}

TEST(RequestClient, BelievesATrustedProxyAlone) {
  const HttpFields fields{{"x-forwarded-for", "203.0.113.9, 198.51.100.7"},
                          {"x-forwarded-proto", "https"}};
  const RequestClient trusted = FindRequestClient(From("192.0.2.1", fields), Trusting("192.0.2.1"));
  EXPECT_TRUE(trusted.by_proxy);
  EXPECT_TRUE(trusted.encrypted);
  EXPECT_EQ(trusted.address, "198.51.100.7") << "the client can write the first one";
  for (const AccessConfig& config : {Trusting("192.0.2.2"), AccessConfig()}) {
    const RequestClient other = FindRequestClient(From("192.0.2.1", fields), config);
    EXPECT_FALSE(other.by_proxy);
    EXPECT_FALSE(other.encrypted);
    EXPECT_EQ(other.address, "192.0.2.1");
  }
}

TEST(RequestClient, FallsBackToProxyAddress) {
  const AccessConfig config = Trusting("192.0.2.0/24");
  for (const char* text : {"", "unknown", "198.51.100.7, ", "198.51.100.0/24"}) {
    EXPECT_EQ(FindRequestClient(From("192.0.2.1", {{"x-forwarded-for", text}}), config).address,
              "192.0.2.1")
        << text;
  }
  EXPECT_EQ(FindRequestClient(From("192.0.2.1", {{"x-forwarded-for", "198.51.100.1"},
                                                 {"x-forwarded-for", "2001:db8::7"}}),
                              config)
                .address,
            "2001:db8::7");
}

TEST(RequestClient, PassesOverTrustedProxiesOfAChain) {
  const AccessConfig config = Trusting("192.0.2.0/24");
  const auto address = [&](const HttpFields& fields) {
    return FindRequestClient(From("192.0.2.1", fields), config).address;
  };
  EXPECT_EQ(address({{"x-forwarded-for", "203.0.113.9, 198.51.100.7, 192.0.2.3"}}), "198.51.100.7");
  EXPECT_EQ(address({{"x-forwarded-for", "198.51.100.7"}, {"x-forwarded-for", "192.0.2.3"}}),
            "198.51.100.7");
  EXPECT_EQ(address({{"x-forwarded-for", "nobody, 192.0.2.3"}}), "192.0.2.3");
  EXPECT_EQ(address({{"x-forwarded-for", "192.0.2.4,192.0.2.3"}}), "192.0.2.4");
}

TEST(RequestClient, RefusesAFieldThatIsThereTwice) {
  const HttpRequest twice =
      From("192.0.2.1", {{"x-remote-user", "root"}, {"x-remote-user", "anna"}});
  EXPECT_THROW(FindSingleField(twice, "x-remote-user"), HttpError);
  EXPECT_EQ(FindSingleField(twice, "x-remote-role"), "");
  EXPECT_EQ(FindSingleField(From("", {{"a", " b "}}), "a"), "b");
}

}  // namespace
}  // namespace mhcnn
