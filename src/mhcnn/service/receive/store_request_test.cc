#include "mhcnn/service/receive/store_request.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(StoreRequest, AnswersWithTheStatusOfTheStandard) {
  IntakeOutcome outcome;
  outcome.safe = true;
  EXPECT_EQ(ToDimseStatus(outcome), 0x0000);
  outcome.safe = false;
  const std::pair<ErrorCode, int> expected[] = {{ErrorCode::kUsage, 0xA900},
                                                {ErrorCode::kCorrupt, 0xC000},
                                                {ErrorCode::kLimit, 0xA700},
                                                {ErrorCode::kIo, 0xA700},
                                                {ErrorCode::kInternal, 0xA700}};
  for (const auto& [code, status] : expected) {
    outcome.code = code;
    EXPECT_EQ(ToDimseStatus(outcome), status) << static_cast<int>(code);
  }
}

TEST(StoreRequest, CommentsAreShortAsciiWithoutBackslash) {
  EXPECT_EQ(ToErrorComment("has no Study Instance UID"), "has no Study Instance UID");
  EXPECT_EQ(ToErrorComment(std::string(100, 'x')).size(), 64U);
  for (const char c : ToErrorComment("a\\b\nc\x01 \xC3\xA9 \xFF")) {
    EXPECT_TRUE(c >= ' ' && c <= '~' && c != '\\') << static_cast<int>(c);
  }
}

}  // namespace
}  // namespace mhcnn
