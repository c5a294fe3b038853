#include "mhcnn/data/output_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;

class OutputFolderTest : public ::testing::Test {
 protected:
  /// set/images/p1/1.png with set/dense_masks/1.png, and set/table.csv.
  OutputFolderTest() {
    ListedImage image;
    image.sample.image = folder_ / "set/images/p1/1.png";
    image.sample.dense_mask = folder_ / "set/dense_masks/1.png#128|192";
    images_ = {image};
    for (const char* file : {"set/images/p1/1.png", "set/dense_masks/1.png", "set/table.csv"})
      WriteFileAtomically(folder_ / file, std::string_view("x"));
  }
  void Refuse(const std::string& out, const std::string& named) const {
    CheckNotImageFolder(folder_ / out, {folder_ / named}, images_);
  }
  void ExpectRefused(const std::string& out, const std::string& named) const {
    EXPECT_THAT(ErrorMessage([&] { Refuse(out, named); }, ErrorCode::kUsage),
                HasSubstr("is in a folder of images or masks of the data set"))
        << out << " of " << named;
  }
  const testing_support::ScratchFolder folder_;
  std::vector<ListedImage> images_;
};

TEST_F(OutputFolderTest, TablesOfTheSetAreNotOverwritten) {
  for (const char* name : {"manifest.csv", "set_labels.csv"}) {
    const fs::path table = folder_ / "mine" / name;
    WriteFileAtomically(table, std::string_view("image\n"));
    EXPECT_THAT(
        ErrorMessage([&] { CheckOutputFolder(folder_ / "mine", {table}); }, ErrorCode::kUsage),
        HasSubstr("would be overwritten"));
    CheckOutputFolder(folder_ / "other", {table});
  }
  CheckOutputFolder(folder_ / "set", {folder_ / "set/table.csv"});
  EXPECT_THAT(ErrorMessage([&] { CheckOutputFolder(folder_ / "set/images/..", {folder_ / "set"}); },
                           ErrorCode::kUsage),
              HasSubstr("the data set's own folder"));
}

TEST_F(OutputFolderTest, FoldersOfImagesAndMasksAreRefused) {
  for (const char* named : {"set", "set/table.csv"}) {
    for (const char* out : {"set/images/p1", "set/images/p1/new", "set/dense_masks/x"})
      ExpectRefused(out, named);
    Refuse("set/new", named);
    Refuse("new", named);
    Refuse("set/images-new", named);
  }
}

TEST_F(OutputFolderTest, OnlyANamedFolderIsSearchedBelow) {
  for (const char* out : {"set/images", "set/images/new"}) {
    ExpectRefused(out, "set");
    Refuse(out, "set/table.csv");
  }
}

TEST_F(OutputFolderTest, FlatSetsMayHaveTheirOutputInOneOfThem) {
  images_[0].sample.image = folder_ / "a/1.png";
  images_[0].sample.dense_mask = folder_ / "b/1.png";
  for (const char* set : {"a", "b"})
    WriteFileAtomically(folder_ / set / "1.png", std::string_view("x"));
  for (const char* out : {"a/out", "b/out"})
    CheckNotImageFolder(folder_ / out, {folder_ / "a", folder_ / "b"}, images_);
  ExpectRefused("b/out", "a");
  // A set within a set is guarded by both.
  images_[0].sample.image = folder_ / "set/images/p1/1.png";
  EXPECT_THAT(ErrorMessage(
                  [&] {
                    CheckNotImageFolder(folder_ / "set/images/p1/out",
                                        {folder_ / "set", folder_ / "set/images"}, images_);
                  },
                  ErrorCode::kUsage),
              HasSubstr("is in a folder of images or masks"));
}

TEST_F(OutputFolderTest, ImagesElsewhereAreGuardedByTheirOwnFolder) {
  ExpectRefused("set/images/p1/new", "tables/t.csv");
  Refuse("set/new", "tables/t.csv");
}

TEST_F(OutputFolderTest, ATableBesideTheImagesMayHaveItsOutputThere) {
  images_[0].sample.image = folder_ / "set/1.png";
  images_[0].sample.dense_mask.reset();
  Refuse("set/new", "set/table.csv");
  images_[0].sample.image = folder_ / "1.png";
  Refuse("set/new", "set/table.csv");
}

}  // namespace
}  // namespace mhcnn
