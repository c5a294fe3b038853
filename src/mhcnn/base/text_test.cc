#include "mhcnn/base/text.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using namespace std::string_literals;

TEST(ToUpper, ChangesTheLettersAToZAlone) {
  EXPECT_EQ(ToUpper("Mlo_2 \xC3\xBC\xE9z"), "MLO_2 \xC3\xBC\xE9Z");
  EXPECT_EQ(ToUpper(""), "");
}

TEST(Text, ReplacesUnprintableCharacters) {
  EXPECT_EQ(ToPrintableText("plain \xC3\xA4 \xE2\x82\xAC"), "plain \xC3\xA4 \xE2\x82\xAC");
  EXPECT_EQ(ToPrintableText("a\nb\x7F"), "ab");
  // Latin-1, a cut character, an overlong slash, a surrogate, beyond U+10FFFF.
  EXPECT_EQ(ToPrintableText("\xE4"), "\xC3\xA4");
  EXPECT_EQ(ToPrintableText("\xE2\x82"), "\xC3\xA2\xC2\x82");
  EXPECT_EQ(ToPrintableText("\xC0\xAF"), "\xC3\x80\xC2\xAF");
  EXPECT_EQ(ToPrintableText("\xED\xA0\x80"), "\xC3\xAD\xC2\xA0\xC2\x80");
  EXPECT_EQ(ToPrintableText("\xF4\x90\x80\x80"), "\xC3\xB4\xC2\x90\xC2\x80\xC2\x80");
}

TEST(EscapeText, KeepsAllBytesAsUtf8) {
  EXPECT_EQ(EscapeText("M\xFCller.dcm"), "M\\xFCller.dcm");
  EXPECT_EQ(EscapeText("M\u00FCller \u4E2D.dcm"), "M\u00FCller \u4E2D.dcm");
  EXPECT_EQ(EscapeText("a\nb\x1B[31m"), "a\\x0Ab\\x1B[31m");
  EXPECT_EQ(EscapeText("\xED\xA0\x80"), "\\xED\\xA0\\x80") << "half of a surrogate pair";
  EXPECT_EQ(EscapeText("\xC0\xAF"), "\\xC0\\xAF") << "an overlong form";
  EXPECT_EQ(EscapeText("\xC2\x9B\xE2\x80\xAE"), "\\xC2\\x9B\\xE2\\x80\\xAE") << "CSI, RLO";
  EXPECT_EQ(EscapeText("a\\b \\x4"), "a\\b \\x4");
  EXPECT_EQ(EscapeText("a\\x41"), "a\\x5Cx41");
  // All texts of three of these bytes; 0xC3 0xBC is a character.
  const std::string bytes = "\\x4F\xC3\xBC\n";
  for (const char a : bytes) {
    for (const char b : bytes) {
      for (const char c : bytes) {
        for (const std::string& raw :
             {std::string{a, b, c}, "\\x"s + std::string{a, b, c}, std::string{a, b, c} + "x41"}) {
          const std::string text = EscapeText(raw);
          EXPECT_TRUE(IsUtf8(text));
          EXPECT_EQ(text.find('\n'), std::string::npos);
          EXPECT_EQ(UnescapeText(text), raw);
          EXPECT_EQ(ToDisplayText(ToDisplayText(raw)), ToDisplayText(raw));
        }
      }
    }
  }
}

TEST(EscapeText, CutsBetweenCharacters) {
  EXPECT_EQ(TruncateFront("\u00FC\u00FC\u00FC\u00FC", 4), "\u00FC\u00FC\u00FC\u00FC");
  EXPECT_EQ(TruncateFront("ab\u00FC\u00FC\u00FC\u00FC", 5), "...\u00FC\u00FC");
}

TEST(FirstLine, EndsBeforeLineBreak) {
  EXPECT_EQ(FirstLine("a b\nc"), "a b");
  EXPECT_EQ(FirstLine("a b"), "a b");
  EXPECT_EQ(FirstLine("\nc"), "");
}

}  // namespace
}  // namespace mhcnn
