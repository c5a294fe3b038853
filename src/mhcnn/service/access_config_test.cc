#include "mhcnn/service/access_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "mhcnn/base/file.h"
#include "mhcnn/service/config.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AccessConfigTest : public ::testing::Test {
 protected:
  WebConfig Read(const std::string& web) {
    WriteFileAtomically(folder_ / "node.toml", "objects = \"data\"\n[web]\n" + web);
    return ReadServiceConfig(folder_ / "node.toml").web;
  }
  std::string Refused(const std::string& web) {
    return testing_support::ErrorMessage([&] { Read(web); }, ErrorCode::kUsage);
  }
  testing_support::ScratchFolder folder_;
};

TEST_F(AccessConfigTest, IsOpenOnLoopbackByDefault) {
  const AccessConfig access = Read("").access;
  EXPECT_EQ(access.mode, WebAccess::kOpen);
  EXPECT_EQ(access.session_limit, std::chrono::hours(12));
  EXPECT_EQ(access.session_idle, std::chrono::minutes(30));
  EXPECT_TRUE(access.trusted_proxies.empty());
}

TEST_F(AccessConfigTest, ReadsEveryKey) {
  const AccessConfig access = Read(R"(
access = "proxy"
host_names = ["Node.Example.org"]
trusted_proxies = ["127.0.0.1", "10.1.0.0/16"]
user_field = "X-Auth-Request-User"
role_field = "X-Auth-Request-Groups"
session_limit_s = 3600
session_idle_s = 60
[web.role_groups]
reader = ["radiologists", "residents"]
)")
                                  .access;
  EXPECT_EQ(access.mode, WebAccess::kProxy);
  EXPECT_THAT(access.host_names, ElementsAre("node.example.org"));
  EXPECT_TRUE(access.trusted_proxies.AllowsAddress("10.1.2.3"));
  EXPECT_FALSE(access.trusted_proxies.AllowsAddress("10.2.2.3"));
  EXPECT_EQ(access.user_field, "x-auth-request-user");
  EXPECT_EQ(access.role_field, "x-auth-request-groups");
  EXPECT_EQ(access.session_limit, std::chrono::hours(1));
  EXPECT_EQ(access.session_idle, std::chrono::minutes(1));
  EXPECT_THAT(access.role_groups[static_cast<std::size_t>(Role::kReader)],
              ElementsAre("radiologists", "residents"));
}

TEST_F(AccessConfigTest, NamesTheKeyThatIsWrong) {
  EXPECT_THAT(Refused("access = \"none\""), HasSubstr("open, accounts, proxy"));
  EXPECT_THAT(Refused("host_names = [\"https://node\"]"), HasSubstr("web.host_names"));
  EXPECT_THAT(Refused("trusted_proxies = [\"proxy.example.org\"]"),
              HasSubstr("web.trusted_proxies"));
  EXPECT_THAT(Refused("user_field = \"X Remote\""), HasSubstr("web.user_field"));
  EXPECT_THAT(Refused("session_idle_s = 0"), HasSubstr("web.session_idle_s"));
  EXPECT_THAT(Refused("[web.role_groups]\nboss = [\"a\"]"), HasSubstr("boss"));
}

TEST_F(AccessConfigTest, RejectsUnprotectedConfiguration) {
  WriteFileAtomically(folder_ / "file", "x");
  const std::string all = "address = \"0.0.0.0\"\n";
  EXPECT_THAT(Refused(all), HasSubstr("web.access"));
  EXPECT_NO_THROW(Read(all + "enabled = false"));
  EXPECT_NO_THROW(Read(all + "token_file = \"file\""));
  EXPECT_NO_THROW(Read(all + "[[web.allow]]\naddress = \"10.0.0.0/8\""));
  EXPECT_THAT(Refused(all + "access = \"accounts\""), HasSubstr("TLS"));
  EXPECT_NO_THROW(Read(all + "access = \"accounts\"\ntrusted_proxies = [\"10.0.0.1\"]"));
  EXPECT_NO_THROW(Read(all + "access = \"accounts\"\n[web.tls]\ncertificate = \"file\"\nkey = "
                             "\"file\""));
  EXPECT_THAT(Refused("access = \"proxy\""), HasSubstr("web.trusted_proxies"));
  for (const char* address : {"127.0.0.1", "127.8.0.1", "::1"}) {
    EXPECT_NO_THROW(Read(std::string("address = \"") + address + "\"\naccess = \"accounts\""))
        << address;
  }
  EXPECT_THAT(Refused("address = \"::\""), HasSubstr("web.access"));
}

TEST(AccessConfig, KnowsLoopback) {
  for (const char* own : {"127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(IsLoopback(own)) << own;
  for (const char* other : {"0.0.0.0", "::", "192.0.2.1", "128.0.0.1", "::2", "localhost"})
    EXPECT_FALSE(IsLoopback(other)) << other;
}

}  // namespace
}  // namespace mhcnn
