#include "mhcnn/results/uids.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace mhcnn {
namespace {

// Values of Python: hashlib.sha256(b"3:abc;").digest(), uuid.UUID(bytes=..., version 8 bits
// set).int.
TEST(Uids, AreVersion8UuidsOfHash) {
  EXPECT_EQ(UidFromTexts({"abc"}), "2.25.304579967855214165082665333593858756994");
}

TEST(Uids, DifferWhereTheTextsOrTheirBordersDiffer) {
  std::set<std::string> uids = {
      UidFromTexts({"ab", "c"}), UidFromTexts({"a", "bc"}),   UidFromTexts({"abc"}),
      UidFromTexts({"abc", ""}), UidFromTexts({"", "abc"}),   UidFromTexts({}),
      UidFromTexts({""}),        UidFromTexts({"1:a;", "b"}), UidFromTexts({"a", "b"})};
  EXPECT_EQ(uids.size(), 9U);
}

TEST(Uids, AreValid) {
  const std::regex form("2\\.25\\.(0|[1-9][0-9]*)");
  for (int i = 0; i < 200; ++i) {
    const std::string uid = UidFromTexts({std::to_string(i)});
    EXPECT_TRUE(std::regex_match(uid, form)) << uid;
    EXPECT_LE(uid.size(), 64U);
  }
}

}  // namespace
}  // namespace mhcnn
