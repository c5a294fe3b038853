#include "mhcnn/service/web/security_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::map<std::string, std::string> Fields(const HttpResponse& response, bool encrypted) {
  std::map<std::string, std::string> fields;
  for (const auto& [name, value] : SecurityFields(response, encrypted)) {
    EXPECT_TRUE(fields.emplace(name, value).second) << name;
  }
  return fields;
}

TEST(SecurityFields, LetPagesLoadOwnFilesAloneAndNobodyShowThem) {
  auto fields = Fields({}, false);
  const std::string policy = fields["Content-Security-Policy"];
  EXPECT_THAT(policy, HasSubstr("default-src 'self'"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, HasSubstr("base-uri 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(policy, Not(HasSubstr("http")));
  EXPECT_EQ(fields["X-Content-Type-Options"], "nosniff");
  EXPECT_EQ(fields["Referrer-Policy"], "no-referrer");
  EXPECT_EQ(fields["Cross-Origin-Resource-Policy"], "same-origin");
  EXPECT_EQ(fields["Cross-Origin-Opener-Policy"], "same-origin");
  EXPECT_EQ(fields["Cache-Control"], "no-store");
}

TEST(SecurityFields, AskForTlsOverTlsAlone) {
  EXPECT_EQ(Fields({}, false).count("Strict-Transport-Security"), 0u);
  EXPECT_THAT(Fields({}, true)["Strict-Transport-Security"], HasSubstr("max-age=31536000"));
}

TEST(SecurityFields, LeaveOutWhatTheAnswerHas) {
  HttpResponse response;
  response.fields = {{"cache-control", "private, max-age=60"}};
  const auto fields = Fields(response, false);
  EXPECT_EQ(fields.count("Cache-Control"), 0u);
  EXPECT_EQ(fields.count("Referrer-Policy"), 1u);
}

}  // namespace
}  // namespace mhcnn
