#include "mhcnn/page/script_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mhcnn {
namespace {

/// The text that a literal stands for. All escapes of ToScriptString are escapes of JSON, too.
std::string GetValue(const std::string& literal) {
  return nlohmann::json::parse(literal).get<std::string>();
}

TEST(ScriptText, KeepsTextAndLeavesNothingThatEndsAScript) {
  for (const std::string text :
       {"plain", "</script><script>alert(1)</script>", "\"quoted\" 'and' \\ backslash",
        "line\nbreak\r\ttab", "U+2028 \xE2\x80\xA8 and \xE2\x80\xA9", "\xE6\x97\xA5\xE6\x9C\xAC",
        "<!--", "]]>", "&amp;", "\x7F\x01"}) {
    const std::string literal = ToScriptString(text);
    EXPECT_EQ(GetValue(literal), text);
    EXPECT_TRUE(std::ranges::all_of(literal, [](char c) {
      return c >= 0x20 && c < 0x7F && c != '<' && c != '>' && c != '&' && c != '\'';
    })) << literal;
  }
}

TEST(ScriptText, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(GetValue(ToScriptString("a\xFF\xC0z")), "a\xEF\xBF\xBD\xEF\xBF\xBDz");
  EXPECT_EQ(ToJsonString("\xFF"), "\"\\ufffd\"");
}

TEST(ScriptText, GivesTheValueOfAJsonTextByParsingIt) {
  const std::string json = R"({"a":["</script>",1.5,null]})";
  const std::string expression = ToParsedScriptValue(json);
  ASSERT_TRUE(expression.starts_with("JSON.parse(") && expression.ends_with(")"));
  EXPECT_EQ(GetValue(expression.substr(11, expression.size() - 12)), json);
}

}  // namespace
}  // namespace mhcnn
