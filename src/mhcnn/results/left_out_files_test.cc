#include "mhcnn/results/left_out_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mhcnn {
namespace {

using ::testing::ElementsAre;

TEST(LeftOut, TextCountsEachKindInSingularAndPlural) {
  LeftOutFiles left;
  EXPECT_EQ(left.Text(), "");
  left.Add(LeftOutKind::kNoImage, "a.txt");
  left.Add(LeftOutKind::kNoImage, "b.txt");
  left.Add(LeftOutKind::kMask, "mask.png");
  EXPECT_EQ(left.Text(), "2 files that are not images, 1 mask of a data set");
  EXPECT_EQ(left.total(), 3u);
  EXPECT_EQ(left.count(LeftOutKind::kNoImage), 2u);
  EXPECT_EQ(left.count(LeftOutKind::kSpecial), 0u);
  EXPECT_THAT(left.paths(LeftOutKind::kNoImage), ElementsAre("a.txt", "b.txt"));
}

TEST(LeftOut, CountsAllFilesAndKeepsTheFirstPaths) {
  LeftOutFiles left, more;
  for (std::size_t i = 0; i < LeftOutFiles::kPaths - 1; ++i) {
    left.Add(LeftOutKind::kCompanion, "a" + std::to_string(i));
  }
  for (int i = 0; i < 5; ++i) more.Add(LeftOutKind::kCompanion, "b" + std::to_string(i));
  left.Add(more);
  EXPECT_EQ(left.count(LeftOutKind::kCompanion), LeftOutFiles::kPaths + 4);
  ASSERT_EQ(left.paths(LeftOutKind::kCompanion).size(), LeftOutFiles::kPaths);
  EXPECT_EQ(left.paths(LeftOutKind::kCompanion).front(), "a0");
  EXPECT_EQ(left.paths(LeftOutKind::kCompanion).back(), "b0");
}

TEST(LeftOut, JsonHoldsTotalCountsAndFilesAndIsReadBack) {
  LeftOutFiles left;
  left.Add(LeftOutKind::kFolderLink, "x/link");
  left.Add(LeftOutKind::kMediumIndex, "DICOMDIR");
  const nlohmann::json json = left.ToJson();
  EXPECT_EQ(json, nlohmann::json::parse(R"({"total": 2,
      "counts": {"folder_link": 1, "dicomdir": 1},
      "files": {"folder_link": ["x/link"], "dicomdir": ["DICOMDIR"]}})"));
  EXPECT_EQ(LeftOutFiles::FromJson(json).ToJson(), json);
  for (const char* other : {"{}", "[]", "null", R"({"counts": {"mask": 2}})",
                            R"({"counts": {"mask": "two"}, "files": {"mask": []}})"}) {
    EXPECT_EQ(LeftOutFiles::FromJson(nlohmann::json::parse(other)).total(), 0u) << other;
  }
}

TEST(LeftOut, EachKindHasAWordOfItsOwn) {
  for (std::size_t k = 0; k < kLeftOutKinds; ++k) {
    const auto kind = static_cast<LeftOutKind>(k);
    EXPECT_EQ(ParseLeftOutKind(LeftOutKindName(kind)), kind);
  }
  EXPECT_EQ(ParseLeftOutKind("none of them"), std::nullopt);
}

}  // namespace
}  // namespace mhcnn
