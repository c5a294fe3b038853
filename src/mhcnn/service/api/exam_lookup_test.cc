#include "mhcnn/service/api/exam_lookup.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

HttpRequest With(const std::string& etags) {
  HttpRequest request;
  request.fields = {{"if-none-match", etags}};
  return request;
}

TEST(ClientHas, ComparesWeakly) {
  EXPECT_TRUE(ClientHas(With("\"a\""), "\"a\""));
  EXPECT_TRUE(ClientHas(With("W/\"a\""), "\"a\""));
  EXPECT_TRUE(ClientHas(With("\"b\", W/\"a\""), "W/\"a\""));
  EXPECT_TRUE(ClientHas(With("*"), "\"a\""));
  EXPECT_FALSE(ClientHas(With("\"b\""), "\"a\""));
  EXPECT_FALSE(ClientHas(With("a"), "\"a\""));
  EXPECT_FALSE(ClientHas({}, "\"a\""));
}

TEST(PathNumber, TakesDigitsAlone) {
  EXPECT_EQ(PathNumber("12"), 12);
  for (const char* text : {"", "0", "-1", "1x", "x", "1.0", " 1", "99999999999999999999"}) {
    EXPECT_THROW(PathNumber(text), HttpError) << text;
  }
}

}  // namespace
}  // namespace mhcnn
