#include "mhcnn/jobs/secret.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace mhcnn {
namespace {

TEST(Secret, HasTwoHundredAndFiftySixBitsInSafeCharacters) {
  std::set<std::string> all;
  std::set<char> characters;
  for (int i = 0; i < 200; ++i) {
    const std::string secret = MakeSecret();
    EXPECT_EQ(secret.size(), 43u);  // 256 bits at 6 bits a character
    for (const char c : secret) {
      EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_') << c;
      characters.insert(c);
    }
    all.insert(secret);
  }
  EXPECT_EQ(all.size(), 200u);
  EXPECT_EQ(characters.size(), 64u);  // each comes up in 8600 draws
}

TEST(Secret, IsKeptAsItsDigest) {
  // FIPS 180-2 appendix B.1.
  EXPECT_EQ(SecretDigest("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Secret, ComparesEqualOnlyToItself) {
  EXPECT_TRUE(AreEqualSecrets("", ""));
  EXPECT_TRUE(AreEqualSecrets("abc", std::string("ab") + "c"));
  for (const char* other : {"", "ab", "abd", "abcd", "Abc"})
    EXPECT_FALSE(AreEqualSecrets("abc", other)) << other;
}

}  // namespace
}  // namespace mhcnn
