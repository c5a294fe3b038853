#include "mhcnn/service/api/exam_lookup.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

HttpRequest With(const std::string& etags) {
  HttpRequest request;
  request.fields = {{"if-none-match", etags}};
  return request;
}

TEST(ClientHasVersion, ComparesWeakly) {
  EXPECT_TRUE(ClientHasVersion(With("\"a\""), "\"a\""));
  EXPECT_TRUE(ClientHasVersion(With("W/\"a\""), "\"a\""));
  EXPECT_TRUE(ClientHasVersion(With("\"b\", W/\"a\""), "W/\"a\""));
  EXPECT_TRUE(ClientHasVersion(With("*"), "\"a\""));
  EXPECT_FALSE(ClientHasVersion(With("\"b\""), "\"a\""));
  EXPECT_FALSE(ClientHasVersion(With("a"), "\"a\""));
  EXPECT_FALSE(ClientHasVersion({}, "\"a\""));
}

TEST(ParsePathNumber, TakesDigitsAlone) {
  EXPECT_EQ(ParsePathNumber("12"), 12);
  for (const char* text : {"", "0", "-1", "1x", "x", "1.0", " 1", "99999999999999999999"}) {
    EXPECT_THROW(ParsePathNumber(text), HttpError) << text;
  }
}

}  // namespace
}  // namespace mhcnn
