#include "mhcnn/service/web/percent_decoding.h"

#include <gtest/gtest.h>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {
namespace {

TEST(DecodePercentEscapes, DecodesEscapesAndNothingElse) {
  EXPECT_EQ(DecodePercentEscapes("a%20b%C3%a9+", "the path"), "a b\xc3\xa9+");
  EXPECT_EQ(DecodePercentEscapes("%00", "the path"), std::string(1, '\0'));
  EXPECT_EQ(DecodePercentEscapes("", "the path"), "");
}

TEST(DecodePercentEscapes, RefusesWrongEscapes) {
  for (const char* raw : {"%", "%4", "a%4", "%g0", "%0g", "%-1", "% 1"}) {
    try {
      DecodePercentEscapes(raw, "the query");
      ADD_FAILURE() << raw;
    } catch (const HttpError& e) {
      EXPECT_EQ(e.status(), 400) << raw;
      EXPECT_STREQ(e.what(), "the query has a wrong escape");
    }
  }
}

}  // namespace
}  // namespace mhcnn
