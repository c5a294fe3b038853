#include "mhcnn/batch/output_paths.h"

#include <gtest/gtest.h>

#include <set>

namespace mhcnn {
namespace {

BatchItem Item(const std::string& name) { return {"/in/" + name, "", name}; }

TEST(OutputPaths, DrawingKeepsTheNameOfTheInput) {
  const BatchItem item = Item("patient.7/IM.0001");
  EXPECT_EQ(DrawingPath("/out", "masks", item), "/out/masks/patient.7/IM.0001.png");
  EXPECT_EQ(OverlayPath("/out", item, OverlayFormat::kPng), "/out/overlays/patient.7/IM.0001.png");
  EXPECT_EQ(OverlayPath("/out", item, OverlayFormat::kJpeg), "/out/overlays/patient.7/IM.0001.jpg");
  EXPECT_EQ(NiftiPath("/out", item), "/out/masks/patient.7/IM.0001.nii.gz");
}

TEST(OutputPaths, ShortensEachLongPartAndTellsItFromOthers) {
  // File systems take names of 255 bytes.
  const std::string folder(250, 'f'), name(250, 'n');
  const auto path = DrawingPath("/out", "masks", Item(folder + "/" + name));
  for (const auto& part : path) EXPECT_LT(part.string().size(), 230U);
  EXPECT_EQ(path, DrawingPath("/out", "masks", Item(folder + "/" + name)));
  EXPECT_NE(path, DrawingPath("/out", "masks", Item(folder + "/" + name.substr(1) + "m")));
  EXPECT_NE(path, DrawingPath("/out", "masks", Item(folder.substr(1) + "g/" + name)));
}

TEST(OutputPaths, DrawingOfDeepFolderHasShortPath) {
  std::string deep;
  for (int i = 0; i < 60; ++i) deep += std::string(90, 'd') + "/";
  const auto one = DrawingPath("/out", "masks", Item(deep + "a")),
             other = DrawingPath("/out", "masks", Item(deep + "b"));
  EXPECT_LT(one.string().size(), 100U);
  EXPECT_EQ(one.parent_path(), "/out/masks");
  EXPECT_NE(one, other);
}

TEST(OutputPaths, FilesOfShardsHaveTheirSuffix) {
  EXPECT_EQ(JournalPath("/out", ""), "/out/results.journal");
  EXPECT_EQ(JournalPath("/out", "-1-of-2"), "/out/results-1-of-2.journal");
  EXPECT_EQ(InProgressPath("/out", "-1-of-2"), "/out/results-1-of-2.begun");
  EXPECT_EQ(ProfilePath("/out", ""), "/out/profile.json");
}

TEST(OutputPaths, FolderOfPlainExamHasItsName) {
  EXPECT_EQ(ExamObjectsFolder("/out", "1.2.840.113"), "/out/objects/1.2.840.113");
  EXPECT_EQ(ExamObjectsFolder("/out", "site_A-7"), "/out/objects/site_A-7");
}

TEST(OutputPaths, FolderOfOddExamStaysBelowObjectsAndIsItsOwn) {
  std::set<std::filesystem::path> folders;
  const std::vector<std::string> odd = {"",
                                        ".",
                                        "..",
                                        "../x",
                                        "/etc",
                                        "a/b",
                                        "a_b/",
                                        "a b",
                                        "\xC3\xA4",
                                        "\xC3\xB6",
                                        std::string(300, '1'),
                                        "2" + std::string(299, '1'),
                                        std::string("a\0b", 3)};
  for (const auto& study : odd) {
    const auto folder = ExamObjectsFolder("/out", study);
    EXPECT_EQ(folder.parent_path(), "/out/objects") << study;
    const std::string name = folder.filename().string();
    EXPECT_FALSE(name.empty() || name[0] == '.') << study;
    EXPECT_LE(name.size(), 130U);
    EXPECT_EQ(
        name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "._-"),
        std::string::npos)
        << name;
    EXPECT_TRUE(folders.insert(folder).second) << study;
  }
}

}  // namespace
}  // namespace mhcnn
