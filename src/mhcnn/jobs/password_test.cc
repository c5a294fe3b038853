#include "mhcnn/jobs/password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::ErrorMessage;

constexpr auto kGood = "correct violet kettle 7";

TEST(Password, IsKeptAsArgon2idWithASaltOfItsOwn) {
  const std::string digest = PasswordDigest(kGood);
  // The form of the Argon2 reference implementation: 64 MiB, 2 passes, 1 lane.
  EXPECT_THAT(digest, ::testing::StartsWith("$argon2id$v=19$m=65536,t=2,p=1$"));
  EXPECT_THAT(digest, Not(HasSubstr("violet")));
  EXPECT_NE(digest, PasswordDigest(kGood));
  EXPECT_TRUE(VerifyPassword(digest, kGood));
  EXPECT_FALSE(VerifyPassword(digest, "correct violet kettle 8"));
  EXPECT_FALSE(VerifyPassword(digest, ""));
  EXPECT_FALSE(VerifyPassword("", kGood));
  EXPECT_FALSE(VerifyPassword("no digest", kGood));
}

TEST(Password, MatchesWhatAnotherProgramMade) {
  // argon2id_hash_encoded() of the reference implementation (libargon2), 2 passes, 65536 KiB, 1
  // lane, salt "mhcnn-test-salt!".
  const std::string digest =
      "$argon2id$v=19$m=65536,t=2,p=1$bWhjbm4tdGVzdC1zYWx0IQ$"
      "77I7icZTluA89hcsECe5CiB+XWKJp40b7qvTmWvUnYk";
  EXPECT_TRUE(VerifyPassword(digest, "correct violet kettle 7"));
  EXPECT_FALSE(VerifyPassword(digest, "correct violet kettle"));
}

TEST(Password, UnknownUserTakesSameTimeAsWrongPassword) {
  const auto took = [](const std::string& digest) {
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      EXPECT_FALSE(VerifyPassword(digest, "some other words 12"));
      best = std::min(
          best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    return best;
  };
  const double wrong = took(PasswordDigest(kGood)), nobody = took(DummyPasswordDigest());
  // A digest that cannot be read would take a thousandth.
  EXPECT_GT(nobody, wrong / 3);
  EXPECT_LT(nobody, wrong * 3);
}

TEST(Password, RejectsGuessablePassword) {
  const auto refused = [](std::string_view name, std::string_view password) {
    const std::string message =
        ErrorMessage([&] { CheckPassword(name, password); }, ErrorCode::kUsage);
    EXPECT_EQ(message.find(password), std::string::npos) << message;
    return message;
  };
  EXPECT_THAT(refused("anna", "violet kett"), HasSubstr("shorter than 12"));
  EXPECT_THAT(refused("anna", "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa9\xc3\xa8\xc3\xaa"),
              HasSubstr("shorter than 12"))
      << "characters count, not bytes";
  EXPECT_THAT(refused("anna", std::string(1'025, 'x')), HasSubstr("longer than 1024"));
  EXPECT_THAT(refused("anna", "violet\nkettle seven"), HasSubstr("cannot be typed"));
  EXPECT_THAT(refused("anna", "violet kettle \xff"), HasSubstr("cannot be typed"));
  EXPECT_THAT(refused("anna", "abababababab"), HasSubstr("different characters"));
  for (const char* common : {"123456789012", "Password2024!", "passwordpassword", "P@ssw0rd1234",
                             "administrator", "Welcome-2026-11", "1qaz2wsx3edc"}) {
    EXPECT_THAT(refused("anna", common), HasSubstr("is a common password")) << common;
  }
  EXPECT_THAT(refused("anna.becker", "Anna.Becker1978"), HasSubstr("is a common password"));
}

TEST(Password, AcceptsLongUnrelatedPassword) {
  for (const char* good : {"correct violet kettle 7", "Tr0ub4dor&3-xyz", "das rote Fahrrad",
                           "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa9\xc3\xa8\xc3\xaa"
                           "abcdef",
                           "qX7-vv2-LLm-9p"}) {
    EXPECT_NO_THROW(CheckPassword("anna", good)) << good;
  }
  EXPECT_NO_THROW(CheckPassword("", "correct violet kettle 7")) << "no name, nothing repeated";
}

}  // namespace
}  // namespace mhcnn
