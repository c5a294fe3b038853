#include "mhcnn/service/web/bearer_token.h"

#include <gtest/gtest.h>

#include <string>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

HttpRequest With(const std::string& authorization) {
  HttpRequest request;
  request.fields = {{"authorization", authorization}};
  return request;
}

TEST(BearerToken, AcceptsValidToken) {
  const testing_support::ScratchFolder scratch;
  WriteFileAtomically(scratch / "token", "s3cret-Token\n");
  const BearerToken token(scratch / "token");
  EXPECT_TRUE(token.Carries(With("Bearer s3cret-Token")));
  EXPECT_TRUE(token.Carries(With("bearer  s3cret-Token ")));
  for (const char* other : {"", "Bearer", "Bearer ", "Bearer s3cret-Toke", "Bearer s3cret-Tokenx",
                            "Bearer S3CRET-TOKEN", "Basic s3cret-Token", "s3cret-Token"}) {
    EXPECT_FALSE(token.Carries(With(other))) << other;
  }
  EXPECT_FALSE(token.Carries({}));
  EXPECT_NO_THROW(token.Require(With("Bearer s3cret-Token")));
  try {
    token.Require({});
    FAIL() << "nothing was thrown";
  } catch (const HttpError& e) {
    EXPECT_EQ(e.status(), 401);
    EXPECT_EQ(e.fields().at(0).first, "WWW-Authenticate");
  }
}

TEST(BearerToken, NoneIsAskedForWithoutAFile) { EXPECT_TRUE(BearerToken().Carries({})); }

TEST(BearerToken, RefusesAnEmptyFile) {
  const testing_support::ScratchFolder scratch;
  WriteFileAtomically(scratch / "token", " \n");
  EXPECT_EQ(testing_support::ThrownCode([&] { BearerToken token(scratch / "token"); }),
            ErrorCode::kUsage);
}

}  // namespace
}  // namespace mhcnn
