#include "mhcnn/service/access/origin_check.h"

#include <gtest/gtest.h>

#include <string>

namespace mhcnn {
namespace {

/// Returns the status that the request gets; 0 where it is permitted.
int Status(const OriginCheck& check, const std::string& method, const HttpFields& fields) {
  HttpRequest request;
  request.method = method;
  request.fields = fields;
  try {
    check(request);
  } catch (const HttpError& e) {
    return e.status();
  }
  return 0;
}

int OfHost(const OriginCheck& check, const std::string& host) {
  return Status(check, "GET", {{"host", host}});
}

TEST(OriginCheck, OnLoopbackTheHostIsOneOfTheNode) {
  const OriginCheck check("127.0.0.1", {"node.example.org"});
  for (const char* own :
       {"localhost", "LOCALHOST:8042", "127.0.0.1", "127.0.0.1:8042", "[::1]:8042", "192.0.2.7:80",
        "node.example.org", "Node.Example.org:443", "localhost."}) {
    EXPECT_EQ(OfHost(check, own), 0) << own;
  }
  for (const char* other :
       {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:8042",
        "xnode.example.org", "0x7f000001.evil.example", "127.0.0.1/24"}) {
    EXPECT_EQ(OfHost(check, other), 421) << other;
  }
  for (const char* wrong : {"localhost:80:80", "localhost:x", "[::1", "[::1]x"})
    EXPECT_EQ(OfHost(check, wrong), 400) << wrong;
  EXPECT_EQ(Status(check, "GET", {{"host", "localhost"}, {"host", "evil.example"}}), 400);
}

TEST(OriginCheck, ElsewhereNamesCountOnceTheyAreListed) {
  EXPECT_EQ(OfHost(OriginCheck("0.0.0.0", {}), "anything.example"), 0);
  const OriginCheck check("0.0.0.0", {"node.example.org"});
  EXPECT_EQ(OfHost(check, "node.example.org"), 0);
  EXPECT_EQ(OfHost(check, "evil.example"), 421);
}

TEST(OriginCheck, OnlyPagesOfTheNodeChangeSomething) {
  const OriginCheck check("127.0.0.1", {"node.example.org"});
  const auto post = [&](const std::string& field, const std::string& value,
                        const std::string& host = "localhost:8042") {
    return Status(check, "POST", {{"host", host}, {field, value}});
  };
  EXPECT_EQ(Status(check, "POST", {{"host", "localhost:8042"}}), 0) << "a program";
  EXPECT_EQ(post("sec-fetch-site", "same-origin"), 0);
  EXPECT_EQ(post("sec-fetch-site", "none"), 0);
  EXPECT_EQ(post("sec-fetch-site", "cross-site"), 403);
  EXPECT_EQ(post("sec-fetch-site", "same-site"), 403);
  EXPECT_EQ(post("origin", "http://localhost:8042"), 0);
  EXPECT_EQ(post("origin", "https://node.example.org", "127.0.0.1:8042"), 0) << "by a proxy";
  for (const char* origin : {"null", "http://evil.example", "http://localhost:8043", "localhost",
                             "http://localhost", "http://localhost:8042.evil.example"}) {
    EXPECT_NE(post("origin", origin), 0) << origin;
  }
  EXPECT_EQ(Status(check, "GET", {{"host", "localhost"}, {"origin", "http://evil.example"}}), 0);
  for (const char* method : {"PUT", "DELETE", "PATCH"})
    EXPECT_EQ(Status(check, method, {{"host", "localhost"}, {"origin", "null"}}), 403) << method;
}

}  // namespace
}  // namespace mhcnn
