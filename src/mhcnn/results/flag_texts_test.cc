#include "mhcnn/results/flag_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "mhcnn/base/file.h"
#include "mhcnn/image/flags.h"
#include "mhcnn/results/exam_results.h"

namespace mhcnn {
namespace {

std::string Docs(const std::string& name) {
  return ReadTextFile(std::string(MHCNN_SOURCE_DIR) + "/docs/" + name);
}

/// Table cells as they read on the page: links as their words, code without its marks.
std::string Shown(const std::string& markdown) {
  std::string text = std::regex_replace(markdown, std::regex(R"(\[([^\]]*)\]\([^)]*\))"), "$1");
  std::erase(text, '`');
  return text;
}

TEST(FlagWords, EachFlagHasASentenceAndAnAdvice) {
  for (const Flag flag : AllFlags()) {
    const std::string sentence = FlagSentence(FlagName(flag)), advice = FlagAdvice(FlagName(flag));
    EXPECT_NE(sentence, FlagName(flag));
    EXPECT_TRUE(sentence.ends_with(".")) << sentence;
    EXPECT_EQ(sentence, AsciiText(sentence));
    EXPECT_TRUE(advice.ends_with(".")) << FlagName(flag) << ": " << advice;
  }
  EXPECT_EQ(FlagSentence("of_another_version"), "of_another_version");
  EXPECT_EQ(FlagAdvice("of_another_version"), "");
  EXPECT_FALSE(FlagAdvisesExclusion("of_another_version"));
}

TEST(FlagWords, LeaveOutTheImagesThatTheDocsName) {
  const std::string page = Docs("flags.md");
  const std::size_t begin = page.find("A cautious analysis leaves out");
  ASSERT_NE(begin, page.npos);
  const std::string part = page.substr(begin, page.find("## From the file's header") - begin);
  std::vector<std::string> documented, advised;
  const std::regex word("`([a-z0-9_]+)`");
  for (std::sregex_iterator i(part.begin(), part.end(), word), end; i != end; ++i)
    documented.push_back((*i)[1]);
  for (const Flag flag : AllFlags())
    if (FlagAdvisesExclusion(FlagName(flag))) advised.emplace_back(FlagName(flag));
  ASSERT_GT(documented.size(), 10U);
  EXPECT_THAT(advised, ::testing::UnorderedElementsAreArray(documented));
}

TEST(FlagWords, ErrorsHaveTheWordsOfTheDocs) {
  const std::string page = Shown(Docs("results.md"));
  const auto codes = AllErrorDescriptions();
  ASSERT_EQ(codes.size(), 7U);
  for (const auto& words : codes) {
    const std::string row =
        std::string("| ") + words.code + " | " + words.meaning + " | " + words.advice + " |";
    EXPECT_NE(page.find(row), page.npos) << row;
  }
}

}  // namespace
}  // namespace mhcnn
