#include "mhcnn/batch/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/image/png_file.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/zip_files.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing_support::ScratchFolder;

class InputsTest : public ::testing::Test {
 protected:
  /// A zip file with these members.
  fs::path Zip(const std::map<std::string, std::string>& members, const char* password = nullptr) {
    const fs::path path = folder_ / "study.zip";
    EXPECT_TRUE(WriteZip(path, members, password));
    return path;
  }
  const ScratchFolder folder_;
};

TEST_F(InputsTest, FindsZipMembersByNameOrContent) {
  const auto png = EncodePngFile(cv::Mat1b(3, 3, uchar{7}));
  const std::string picture(png.begin(), png.end());
  const fs::path zip = Zip({{"a/IM1", picture},
                            {"../../evil.png", picture},
                            {"notes.txt", "text"},
                            {"cut.dcm", "text"}});
  const auto items = CollectImages({folder_.path()}, folder_ / "out").items;
  std::vector<std::string> shown, names;
  for (const auto& item : items) {
    shown.push_back(item.member);
    names.push_back(item.name.string());
  }
  EXPECT_THAT(shown, ElementsAre("../../evil.png", "a/IM1", "cut.dcm"));
  EXPECT_THAT(names, ElementsAre("study/evil", "study/a/IM1", "study/cut"));
  fs::path temporary;
  {
    const MaterializedFile file(items[1]);
    temporary = file.path();
    EXPECT_EQ(ReadFile(temporary).size(), picture.size());
  }
  EXPECT_FALSE(fs::exists(temporary));
}

TEST_F(InputsTest, ReportsEncryptedMembers) {
  Zip({{"IM1", "secret"}, {"b.dcm", "secret"}, {"notes.txt", "secret"}}, "word");
  const auto items = CollectImages({folder_.path()}, folder_ / "out").items;
  ASSERT_EQ(items.size(), 2u);
  for (const auto& item : items) {
    try {
      const MaterializedFile file(item);
      FAIL() << item.member;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kUnsupported) << e.what();
    }
  }
}

TEST_F(InputsTest, UnreadableInputBecomesOneItem) {
  WriteFileAtomically(folder_ / "cut.zip", std::string_view("PK"));
  WriteFileAtomically(folder_ / "good.png", std::string_view("a picture by its name"));
  const auto items = CollectImages({folder_.path()}, folder_ / "out").items;
  ASSERT_EQ(items.size(), 2u);
  EXPECT_THAT(items[0].problem, testing::HasSubstr("is not a readable zip file"));
  EXPECT_EQ(items[1].problem, "");
  WriteFileAtomically(folder_ / "DICOMDIR", std::string_view("no DICOM"));
  const auto medium = CollectImages({folder_ / "DICOMDIR"}, folder_ / "out").items;
  ASSERT_EQ(medium.size(), 1u);
  EXPECT_NE(medium[0].problem, "");
}

TEST_F(InputsTest, RepeatedFileIsOneItem) {
  const auto png = EncodePngFile(cv::Mat1b(3, 3, uchar{7}));
  fs::create_directories(folder_ / "exam");
  WriteFileAtomically(folder_ / "exam/a.png", png);
  const auto around = folder_ / "exam" / ".." / "exam" / "a.png";
  EXPECT_EQ(CollectImages({folder_.path(), around, folder_ / "exam"}, folder_ / "out").items.size(),
            1u);
}

TEST_F(InputsTest, IgnoresOwnDrawingsAndKeepsUids) {
  const auto png = EncodePngFile(cv::Mat1b(3, 3, uchar{7}));
  for (const char* name : {"1.2.840.7", "b.png", "overlays/b.png", "masks/b.png"}) {
    WriteFileAtomically(folder_ / name, png);
  }
  const auto items = CollectImages({folder_.path()}, folder_.path()).items;
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].name, "1.2.840.7");
  EXPECT_EQ(items[1].name, "b");
}

TEST_F(InputsTest, NamesOfDrawingsAreUnique) {
  const auto names = [&](const std::vector<fs::path>& files, const std::vector<fs::path>& inputs) {
    const ScratchFolder folder;
    const auto png = EncodePngFile(cv::Mat1b(3, 3, uchar{7}));
    for (const auto& file : files) WriteFileAtomically(folder.path() / file, png);
    std::vector<fs::path> roots;
    for (const auto& input : inputs) roots.push_back(folder.path() / input);
    std::vector<std::string> made;
    for (const auto& item : CollectImages(roots, folder / "out").items)
      made.push_back(item.name.string());
    return made;
  };
  EXPECT_THAT(names({"a/IM1.dcm", "a/IM1.dcm.png", "a/IM1.png", "a/b.png"}, {"a"}),
              ElementsAre("IM1.dcm", "IM1.dcm.png", "IM1.png", "b"));
  EXPECT_THAT(names({"a/IM1.dcm.png", "b/IM1.dcm", "b/IM1.png"}, {"a", "b"}),
              ElementsAre("IM1.dcm", "IM1.dcm-2", "IM1.png"));
  // No drawing is in the place of a folder of drawings: L-CC.png of the file, L-CC.png/R-CC.png.
  EXPECT_THAT(names({"a/L-CC.dcm", "a/L-CC.png/R-CC.dcm"}, {"a"}),
              ElementsAre("L-CC.dcm", "L-CC.png/R-CC"));
  EXPECT_THAT(names({"a/L-CC.dcm", "a/L-CC.png/R-CC.dcm", "a/L-CC.dcm.jpg/R-CC.dcm"}, {"a"}),
              ElementsAre("L-CC.dcm-2", "L-CC.dcm.jpg/R-CC", "L-CC.png/R-CC"));
  // Twins get numbers, other names that look like these too.
  EXPECT_THAT(names({"a/x.png", "b/x.png", "c/x.png", "d/x.png-2"}, {"a", "b", "c", "d"}),
              ElementsAre("x.png", "x.png-2", "x.png-3", "x.png-2-2"));
}

TEST_F(InputsTest, CountsIgnoredFilesByKind) {
  const auto png = EncodePngFile(cv::Mat1b(3, 3, uchar{7}));
  WriteFileAtomically(folder_ / "exam/a.png", png);
  WriteFileAtomically(folder_ / "exam/notes.txt", std::string_view("text"));
  WriteFileAtomically(folder_ / "exam/._a.png", std::string_view("\0\5\x16\7....", 8));
  WriteFileAtomically(folder_ / "set/manifest.csv",
                      std::string_view("image,dense_mask\ni.png,m.png#128|192\n"));
  WriteFileAtomically(folder_ / "set/i.png", png);
  WriteFileAtomically(folder_ / "set/m.png", png);
  WriteFileAtomically(folder_ / "old/results.csv",
                      std::string_view("path,study_uid,sop_uid,laterality,view\n"));
  WriteFileAtomically(folder_ / "old/overlays/x.png", png);
  fs::create_directory_symlink("exam", folder_ / "link");
  fs::create_hard_link(folder_ / "exam/a.png", folder_ / "exam/b.png");
  const auto [items, left_out, unread] = CollectImages({folder_.path()}, folder_ / "out");
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.name.string());
  EXPECT_THAT(names, ElementsAre("exam/a", "set/i"));
  EXPECT_EQ(
      left_out.Text(),
      "2 files that are not images, 1 link to a folder not followed, 1 companion file of macOS "
      "or Windows, 2 drawings and tables of an earlier run, 1 mask of a data set, 1 further "
      "name of the same file");
  EXPECT_THAT(left_out.paths(LeftOutKind::kSameFile),
              ElementsAre((folder_ / "exam/b.png").string()));
  EXPECT_THAT(unread, ElementsAre(folder_ / "old")) << "nothing in it is to be measured";
  EXPECT_EQ(LeftOutFiles::FromJson(left_out.ToJson()).Text(), left_out.Text());
  EXPECT_EQ(LeftOutFiles::FromJson("nonsense").total(), 0u);
}

TEST_F(InputsTest, OpensNestedArchivesToLimit) {
  const auto png = EncodePngFile(cv::Mat1b(3, 3, uchar{7}));
  std::string content(png.begin(), png.end());
  for (const char* name : {"IM1", "1.zip", "2.zip", "3.zip"}) {
    const auto bytes = ReadFile(Zip({{name, content}}));
    content.assign(bytes.begin(), bytes.end());
    const auto items = CollectImages({folder_.path()}, folder_ / "out").items;
    ASSERT_EQ(items.size(), 1u) << name;
    if (std::string(name) == "3.zip") {
      EXPECT_THAT(items[0].problem, testing::HasSubstr("limit: is inside 3 nested archives"));
    } else {
      EXPECT_EQ(items[0].problem, "");
      EXPECT_EQ(ReadFile(MaterializedFile(items[0]).path()), png);
    }
  }
}

}  // namespace
}  // namespace mhcnn
