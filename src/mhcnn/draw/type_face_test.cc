#include "mhcnn/draw/type_face.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

constexpr TextStyle kStyle{.size = 40, .weight = Weight::kRegular, .colour = {}, .align = {}};

TEST(TypeFace, WidthFollowsSizeAndFiguresAreEquallyWide) {
  const double width = TextWidth("Breast density 23.4 %", kStyle);
  TextStyle twice = kStyle;
  twice.size = 80;
  EXPECT_NEAR(TextWidth("Breast density 23.4 %", twice), 2 * width, 1e-6);
  EXPECT_NEAR(TextWidth("1111", kStyle), TextWidth("8888", kStyle), 1e-6);
  EXPECT_DOUBLE_EQ(TextWidth("", kStyle), 0);
}

TEST(TypeFace, LettersAreKerned) {
  EXPECT_LT(TextWidth("AV", kStyle), TextWidth("A", kStyle) + TextWidth("V", kStyle) - 0.5);
}

TEST(TypeFace, HeavierWeightsAreWider) {
  TextStyle bold = kStyle;
  bold.weight = Weight::kSemiBold;
  EXPECT_GT(TextWidth("nnnn", bold), TextWidth("nnnn", kStyle));
}

TEST(TypeFace, OutlinesLieWithinTheLineAndItsSize) {
  const SetText set = SetLine("Hxgj", 100, Weight::kRegular);
  ASSERT_GT(set.outline.size(), 40U);
  double top = 0, bottom = 0;
  for (const auto& step : set.outline) {
    if (step.kind == OutlineStep::Kind::kClose) continue;
    EXPECT_GE(step.x, 0);
    EXPECT_LE(step.x, set.width);
    top = std::min(top, step.y);
    bottom = std::max(bottom, step.y);
  }
  EXPECT_NEAR(top, -72.7, 3);  // the height of Inter's capitals is 0.727 em
  EXPECT_GT(bottom, 10);
  EXPECT_LT(bottom, 30);
}

/// The outline of a character without its place.
std::vector<double> Shape(const std::string& text) {
  std::vector<double> shape;
  for (const auto& step : SetLine(text, 40, Weight::kRegular).outline) {
    shape.push_back(step.x);
    shape.push_back(step.y);
  }
  return shape;
}

TEST(TypeFace, CoversGreekAndCyrillicAndBoxesMissingGlyphs) {
  const auto box = Shape("\u4E7E");  // a Chinese character
  EXPECT_FALSE(box.empty());
  EXPECT_EQ(box, Shape("\u80F8"));
  for (const char* letter : {"Ω", "ά", "Ж", "ß", "é", "²", "…", "–"}) EXPECT_NE(Shape(letter), box);
  EXPECT_NO_THROW(SetLine("\xFF\xFE broken", 40, Weight::kRegular));
}

TEST(TypeFace, WrapsAtSpacesKeepingAllText) {
  const std::string text = "The image is unlike the images that the model was trained on.";
  const auto lines = WrapText(text, kStyle, 400);
  ASSERT_GT(lines.size(), 2U);
  std::string joined;
  for (const auto& line : lines) {
    EXPECT_LE(TextWidth(line, kStyle), 400);
    joined += (joined.empty() ? "" : " ") + line;
  }
  EXPECT_EQ(joined, text);
  EXPECT_TRUE(WrapText("  ", kStyle, 400).empty());
}

TEST(TypeFace, BreaksAWordThatIsTooLongBetweenCharacters) {
  std::string word;
  for (int i = 0; i < 40; ++i) word += "ä";
  const auto lines = WrapText(word, kStyle, 200);
  ASSERT_GT(lines.size(), 2U);
  std::string joined;
  for (const auto& line : lines) {
    EXPECT_LE(TextWidth(line, kStyle), 200);
    EXPECT_EQ(line.size() % 2, 0U);
    joined += line;
  }
  EXPECT_EQ(joined, word);
  EXPECT_EQ(WrapText("ab", kStyle, 1), (std::vector<std::string>{"a", "b"}));  // ends all the same
}

TEST(TypeFace, FitsTextByCuttingItsEnd) {
  EXPECT_EQ(FitText("short", kStyle, 400), "short");
  const std::string cut = FitText("a label that is much longer than its column", kStyle, 300);
  EXPECT_LE(TextWidth(cut, kStyle), 300);
  EXPECT_TRUE(cut.ends_with("…"));
  EXPECT_TRUE(cut.starts_with("a label"));
}

}  // namespace
}  // namespace mhcnn
