#include "mhcnn/page/page_texts.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/results/flag_texts.h"

namespace mhcnn {
namespace {

TEST(PageTextsJson, DescribesFlagsInTheOrderOfTheirNumbers) {
  StringTable flags;
  flags.FindOrAdd("implant");
  flags.FindOrAdd("of_another_version");
  flags.FindOrAdd("low_contrast");
  const auto words = PageTextsJson(flags).at("flags");
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(words[0].at("word"), "implant");
  EXPECT_EQ(words[0].at("sentence"), FlagSentence("implant"));
  EXPECT_NE(words[0].at("sentence"), "implant");
  EXPECT_EQ(words[0].at("leave_out"), true);
  EXPECT_NE(words[0].at("advice"), "");
  EXPECT_EQ(words[1].at("word"), "of_another_version");
  EXPECT_EQ(words[1].at("sentence"), "of_another_version") << "there is nothing to say of it";
  EXPECT_EQ(words[1].at("advice"), "");
  EXPECT_EQ(words[1].at("leave_out"), false);
  EXPECT_EQ(words[2].at("word"), "low_contrast");
}

TEST(PageTextsJson, EscapesWordsOfOtherPrograms) {
  StringTable flags;
  flags.FindOrAdd("a\nb\xFF");
  const std::string word = PageTextsJson(flags).at("flags")[0].at("word");
  EXPECT_EQ(word.find('\n'), std::string::npos);
  EXPECT_EQ(word.find('\xFF'), std::string::npos);
}

TEST(PageTextsJson, HasTheCategoriesInWordsOfBiRads) {
  const auto categories = PageTextsJson({}).at("categories");
  EXPECT_EQ(categories, (nlohmann::json{{"a", "almost entirely fatty"},
                                        {"b", "scattered areas of fibroglandular density"},
                                        {"c", "heterogeneously dense"},
                                        {"d", "extremely dense"}}));
}

TEST(PageTextsJson, HasMeaningAndAdviceOfEachError) {
  const auto errors = PageTextsJson({}).at("errors");
  for (const char* code : {"corrupt", "unsupported", "out_of_scope", "io", "limit", "not_found"}) {
    ASSERT_TRUE(errors.contains(code)) << code;
    EXPECT_NE(errors.at(code).at("meaning"), "") << code;
    EXPECT_NE(errors.at(code).at("advice"), "") << code;
  }
}

}  // namespace
}  // namespace mhcnn
