#include "mhcnn/batch/collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/image/png_file.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/tar_files.h"
#include "mhcnn/testing/zip_files.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CollectorTest : public ::testing::Test {
 protected:
  CollectorTest() {
    const auto png = EncodePngFile(cv::Mat1b(3, 3, uchar{7}));
    picture_.assign(png.begin(), png.end());
  }
  fs::path Write(const std::string& name, const std::string& content) const {
    fs::create_directories((folder_ / name).parent_path());
    WriteFileAtomically(folder_ / name, content);
    return folder_ / name;
  }
  /// "name" of each item, with its problem where it has one.
  std::vector<std::string> Names(Collector& collector) const {
    std::vector<std::string> names;
    for (const auto& item : collector.items()) {
      names.push_back(item.name.string() + (item.problem.empty() ? "" : ": " + item.problem));
    }
    return names;
  }
  const testing_support::ScratchFolder folder_;
  std::string picture_;
};

TEST_F(CollectorTest, FolderIsSearchedInTheOrderOfNames) {
  for (const char* name : {"b/2.png", "b/10.png", "a/x.png", "z.png"}) Write(name, picture_);
  Collector collector(folder_ / "out");
  collector.AddInput(folder_.path());
  EXPECT_THAT(Names(collector), ElementsAre("z.png", "a/x.png", "b/10.png", "b/2.png"));
  for (const auto& item : collector.items()) EXPECT_TRUE(item.found);
}

TEST_F(CollectorTest, IncludesExplicitlyNamedFileOfAnyKind) {
  Collector collector(folder_ / "out");
  collector.AddInput(Write("notes.txt", "text"));
  ASSERT_EQ(collector.items().size(), 1u);
  EXPECT_FALSE(collector.items()[0].found);
  EXPECT_EQ(collector.left_out().total(), 0u);
  collector.AddInput(folder_ / "none.png");
  ASSERT_EQ(collector.items().size(), 2u);
  EXPECT_THAT(collector.items()[1].problem, HasSubstr("not_found"));
}

TEST_F(CollectorTest, ReportsUnreadableInputs) {
  Write("a/x.png", picture_);
  Write("cut.zip", "PK");
  fs::create_directories(folder_ / "empty");
  Collector collector(folder_ / "out");
  collector.AddInput(folder_.path());
  collector.AddInput(folder_ / "none");
  collector.AddInput(folder_ / "disc/DICOMDIR");
  EXPECT_THAT(collector.unread(),
              ElementsAre(folder_ / "cut.zip", folder_ / "empty", folder_ / "none",
                          folder_ / "disc/DICOMDIR", folder_ / "disc", folder_ / "disc"));
}

TEST_F(CollectorTest, ExcludesOutputFolders) {
  Write("out/overlays/a.png", picture_);
  Write("out/masks/a.png", picture_);
  Write("b.png", picture_);
  Collector collector(folder_ / "out");
  collector.AddInput(folder_.path());
  EXPECT_THAT(Names(collector), ElementsAre("b.png"));
  EXPECT_EQ(collector.left_out().total(), 0u) << "nor are they counted";
}

TEST_F(CollectorTest, AFolderReachedTwiceIsSearchedOnce) {
  Write("a/1.png", picture_);
  Collector collector(folder_ / "out");
  collector.AddInput(folder_ / "a");
  collector.AddInput(folder_ / "a" / ".." / "a");
  EXPECT_THAT(Names(collector), ElementsAre("1.png"));
}

TEST_F(CollectorTest, ArchivesAreSearchedAndDrawnBelowTheirName) {
  ASSERT_TRUE(WriteZip(folder_ / "zip.zip", {{"x/1.png", picture_}, {"notes.txt", "text"}}));
  Write("tar.tar", testing_support::TarEntry("IM1", picture_) +
                       testing_support::TarEntry("..\\2.png", picture_) + std::string(1024, '\0'));
  Collector collector(folder_ / "out");
  collector.AddInput(folder_.path());
  EXPECT_THAT(Names(collector),
              ::testing::UnorderedElementsAre("tar/2.png", "tar/IM1", "zip/x/1.png"));
  EXPECT_THAT(collector.left_out().paths(LeftOutKind::kNoImage),
              ElementsAre((folder_ / "zip.zip/notes.txt").string()));
}

TEST_F(CollectorTest, CountsNonImagesByKind) {
  Write("notes.txt", "text");
  Write(".DS_Store", "x");
  Write("DICOMDIR", "x");
  fs::create_directories(folder_ / "real");
  fs::create_directory_symlink(folder_ / "real", folder_ / "link");
  Collector collector(folder_ / "out");
  collector.AddInput(folder_.path());
  EXPECT_THAT(Names(collector), IsEmpty());
  for (const auto kind : {LeftOutKind::kNoImage, LeftOutKind::kCompanion, LeftOutKind::kMediumIndex,
                          LeftOutKind::kFolderLink}) {
    EXPECT_EQ(collector.left_out().count(kind), 1u) << LeftOutKindName(kind);
  }
  EXPECT_EQ(collector.left_out().total(), 4u);
}

TEST_F(CollectorTest, UnreadableArchivesAndBrokenLinksAreItemsWithTheirProblem) {
  Write("cut.zip", "PK");
  Write("a.rar", std::string("Rar!\x1A\x07\x01\x00....", 12));
  fs::create_symlink(folder_ / "nowhere", folder_ / "l.png");
  Collector collector(folder_ / "out");
  collector.AddInput(folder_.path());
  EXPECT_THAT(Names(collector), ElementsAre(HasSubstr("is a RAR archive, which is not read"),
                                            HasSubstr("cut.zip: "), HasSubstr("l.png: not_found")));
}

}  // namespace
}  // namespace mhcnn
