#include "mhcnn/image/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

namespace mhcnn {
namespace {

/// The words at the start of the tables' rows in docs/flags.md, in their order: "| `a`, `b` | ...".
std::vector<std::string> DocumentedFlags() {
  std::ifstream page(std::string(MHCNN_SOURCE_DIR) + "/docs/flags.md");
  EXPECT_TRUE(page) << "docs/flags.md cannot be opened";
  std::vector<std::string> words;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) continue;
    std::size_t at = 2;
    while (at < line.size() && line[at] == '`') {
      const std::size_t end = line.find('`', at + 1);
      if (end == std::string::npos) break;
      words.push_back(line.substr(at + 1, end - at - 1));
      at = line.compare(end + 1, 2, ", ") == 0 ? end + 3 : line.size();
    }
  }
  return words;
}

TEST(Flags, EveryFlagHasOneRowInTheDocsAndEveryRowIsAFlag) {
  std::vector<std::string> names;
  for (const Flag flag : AllFlags()) names.emplace_back(FlagName(flag));
  ASSERT_GT(names.size(), 60u);
  EXPECT_THAT(DocumentedFlags(), ::testing::ElementsAreArray(names));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST(Flags, AreAddedOnceFoundAndRemoved) {
  std::vector<std::string> flags = {"of_another_version"};
  AddFlag(flags, Flag::kInverted);
  AddFlag(flags, Flag::kInverted);
  AddFlag(flags, Flag::kSynthesised2d);
  EXPECT_THAT(flags, ::testing::ElementsAre("of_another_version", "inverted", "synthesised_2d"));
  EXPECT_TRUE(HasFlag(flags, Flag::kInverted));
  EXPECT_FALSE(HasFlag(flags, Flag::kRotated));
  RemoveFlag(flags, Flag::kInverted);
  EXPECT_THAT(flags, ::testing::ElementsAre("of_another_version", "synthesised_2d"));
}

TEST(HasSpecialViewFlag, NamesPartsAndModifiedProjections) {
  for (const char* name : {"spot_view", "magnification_view", "modified_view", "partial_view"})
    EXPECT_TRUE(HasSpecialViewFlag({"inverted", name})) << name;
  EXPECT_FALSE(HasSpecialViewFlag({}));
  EXPECT_FALSE(HasSpecialViewFlag({"inverted", "implant_displaced", "unlike_mammogram"}));
}

}  // namespace
}  // namespace mhcnn
