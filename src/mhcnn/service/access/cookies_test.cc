#include "mhcnn/service/access/cookies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Cookies, FindsTheOneOfThisName) {
  EXPECT_EQ(FindCookie("mhcnn=abc", "mhcnn"), "abc");
  EXPECT_EQ(FindCookie("a=1; mhcnn=abc-_; b=2", "mhcnn"), "abc-_");
  EXPECT_EQ(FindCookie("a=1;mhcnn=a=b ;;", "mhcnn"), "a=b");
  EXPECT_EQ(FindCookie("mhcnn=abc; mhcnn=abc", "mhcnn"), "abc");
  for (const char* field : {"", "mhcnn", "mhcnn=", "Mhcnn=abc", "xmhcnn=abc", "__Host-mhcnn=abc",
                            "a=mhcnn=abc", "mhcnn=abc; mhcnn=def", "; ;="}) {
    EXPECT_FALSE(FindCookie(field, "mhcnn")) << field;
  }
}

TEST(Cookies, SessionIsForTheHostAloneAndNotForScripts) {
  const std::string tls = SessionCookie("abc", true, std::chrono::hours(12));
  EXPECT_THAT(tls, StartsWith("__Host-mhcnn=abc; "));
  EXPECT_THAT(tls, HasSubstr("; Path=/;"));
  EXPECT_THAT(tls, HasSubstr("; HttpOnly;"));
  EXPECT_THAT(tls, HasSubstr("; SameSite=Strict;"));
  EXPECT_THAT(tls, HasSubstr("; Max-Age=43200"));
  EXPECT_THAT(tls, HasSubstr("; Secure"));
  EXPECT_THAT(tls, Not(HasSubstr("Domain")));
  const std::string plain = SessionCookie("abc", false, std::chrono::hours(12));
  EXPECT_THAT(plain, StartsWith("mhcnn=abc; "));
  EXPECT_THAT(plain, Not(HasSubstr("Secure"))) << "the browser would not keep it";
  EXPECT_THAT(ClearedSessionCookie(true), HasSubstr("__Host-mhcnn=; "));
  EXPECT_THAT(ClearedSessionCookie(true), HasSubstr("Max-Age=0"));
}

}  // namespace
}  // namespace mhcnn
