#include "mhcnn/service/web/http_query.h"

#include <gtest/gtest.h>

#include <string>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {
namespace {

int GetStatus(const std::function<void()>& function) {
  try {
    function();
  } catch (const HttpError& e) {
    return e.status();
  }
  return 0;
}

TEST(HttpQuery, ReadsNamesAndValues) {
  const HttpQuery query("a=1&b=x%20y+z&&c&d=%C3%A4&e=1=2");
  EXPECT_EQ(query.all().size(), 5u);
  EXPECT_EQ(query.Text("a"), "1");
  EXPECT_EQ(query.Text("b"), "x y z");
  EXPECT_EQ(query.Text("d"), "\xC3\xA4");
  EXPECT_EQ(query.Text("e"), "1=2");
  EXPECT_TRUE(query.Has("c"));
  EXPECT_EQ(query.Text("c"), "");
  EXPECT_FALSE(query.Has("f"));
  EXPECT_TRUE(HttpQuery("").all().empty());
}

TEST(HttpQuery, RefusesWhatCannotBeDecoded) {
  for (const char* text : {"a=%", "a=%4", "a=%zz", "%00=1", "a=%0a", "a=%ff", "a=\x01"}) {
    EXPECT_EQ(GetStatus([&] { const HttpQuery query(text); }), 400) << text;
  }
}

TEST(HttpQuery, ReadsWholeNumbersOfARange) {
  const HttpQuery query("n=7&m=-1&t=7x&b=99999999999999999999&e=");
  EXPECT_EQ(query.Number("n", 1, 10), 7);
  EXPECT_EQ(query.Number("m", -1, 10), -1);
  EXPECT_EQ(query.Number("x", 1, 10), std::nullopt);
  EXPECT_EQ(query.Number("e", 1, 10), std::nullopt);
  EXPECT_EQ(GetStatus([&] { query.Number("n", 8, 10); }), 400);
  EXPECT_EQ(GetStatus([&] { query.Number("t", 1, 10); }), 400);
  EXPECT_EQ(GetStatus([&] { query.Number("b", 1, 10); }), 400);
}

TEST(HttpQuery, AllowsKnownNamesOnce) {
  EXPECT_EQ(GetStatus([] { HttpQuery("a=1&b=2").AllowOnly({"a", "b", "c"}); }), 0);
  EXPECT_EQ(GetStatus([] { HttpQuery("a=1&d=2").AllowOnly({"a", "b", "c"}); }), 400);
  EXPECT_EQ(GetStatus([] { HttpQuery("a=1&a=2").AllowOnly({"a"}); }), 400);
}

}  // namespace
}  // namespace mhcnn
