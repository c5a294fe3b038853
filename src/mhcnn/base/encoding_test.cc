#include "mhcnn/base/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;

/// ASCII as UTF-16.
std::string Utf16(const std::string& text, bool big_endian) {
  std::string bytes;
  for (const char c : text) bytes += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return bytes;
}

std::string Problem(const std::string& bytes) {
  try {
    const auto text = ToUtf8Text(bytes);
    return "decoded: " + text;
  } catch (const Error& e) {
    return e.what();
  }
}

TEST(ToUtf8Text, FollowsMarksAndDetectsUtf16) {
  const std::string text = "in/a.png\r\nin/b c.png\r\n";
  EXPECT_EQ(ToUtf8Text("\xEF\xBB\xBF" + text), text);
  EXPECT_EQ(ToUtf8Text("\xFF\xFE" + Utf16(text, false)), text);
  EXPECT_EQ(ToUtf8Text("\xFE\xFF" + Utf16(text, true)), text);
  EXPECT_EQ(ToUtf8Text(Utf16(text, false)), text);
  EXPECT_EQ(ToUtf8Text(Utf16(text, true)), text);
  EXPECT_EQ(ToUtf8Text("\xFF\xFE\0\0a\0\0\0\xFC\0\0\0"s), "a\u00FC");
  EXPECT_EQ(ToUtf8Text("\xFF\xFE\xFC\0\x2D\x4E\x3D\xD8\0\xDE"s), "\u00FC\u4E2D\U0001F600");
  EXPECT_EQ(ToUtf8Text("\xFF\xFE\0\xD8"s), "\xED\xA0\x80") << "a half that is alone";
  EXPECT_EQ(ToUtf8Text("M\xFCller\n"), "M\xFCller\n") << "bytes of a name stay";
  EXPECT_THAT(Problem("a.png\0b.png\0"s), HasSubstr("zero byte in line 1"));
  EXPECT_THAT(Problem("first.png\nsecond\0.png\nthird.png\n"s), HasSubstr("zero byte in line 2"));
  EXPECT_THAT(Problem("\xFF\xFE"
                      "a\0b"s),
              HasSubstr("cut within a character"));
  EXPECT_THAT(Problem("PK\x03\x04..."), HasSubstr("zip or Excel"));
  EXPECT_EQ(DecodeUtf8OrWindows1252("M\xFCller \x8A\x80"), "M\u00FCller \u0160\u20AC");
  EXPECT_EQ(DecodeUtf8OrWindows1252("M\u00FCller"), "M\u00FCller");
}

}  // namespace
}  // namespace mhcnn
