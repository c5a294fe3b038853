#include "mhcnn/base/html.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(Base64, EqualsRfc4648) {  // its section 10
  const auto encoded = [](const std::string& text) { return Base64({text.begin(), text.end()}); };
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foo"), "Zm9v");
  EXPECT_EQ(encoded("foob"), "Zm9vYg==");
  EXPECT_EQ(encoded("fooba"), "Zm9vYmE=");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64({0xFB, 0xFF}), "+/8=");
}

TEST(EscapeHtml, EscapesMarkup) {
  const std::string text = EscapeHtml("<a href=\"x\">&</a>");
  EXPECT_EQ(text.find_first_of("<>\""), std::string::npos) << text;
  EXPECT_EQ(text.rfind("&lt;a", 0), 0u) << text;
  EXPECT_NE(text.find("&amp;"), std::string::npos) << text;
  EXPECT_EQ(EscapeHtml("plain \u00FC"), "plain \u00FC");
}

}  // namespace
}  // namespace mhcnn
