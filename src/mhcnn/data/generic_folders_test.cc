#include "mhcnn/data/generic_folders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class GenericFoldersTest : public ::testing::Test {
 protected:
  void Write(const std::vector<std::string>& files) const {
    for (const auto& file : files) {
      fs::create_directories((folder_ / file).parent_path());
      WritePng(folder_ / "picture.png", cv::Mat1b(2, 2, uchar{255}));
      fs::rename(folder_ / "picture.png", folder_ / file);
    }
  }
  DatasetIndex Read() const {
    DatasetIndex listing;
    ReadGenericFolders(folder_.path(), listing);
    return listing;
  }
  std::string Name(const std::optional<fs::path>& file) const {
    return file ? file->lexically_relative(folder_.path()).generic_string() : "";
  }
  /// "image breast_mask dense_mask" of each image.
  std::vector<std::string> Rows(const DatasetIndex& listing) const {
    std::vector<std::string> rows;
    for (const auto& image : listing.images) {
      const Sample& s = image.sample;
      rows.push_back(Name(s.image) + " " + Name(s.breast_mask) + " " + Name(s.dense_mask));
    }
    return rows;
  }
  std::vector<std::string> Problems(const DatasetIndex& listing) const {
    std::vector<std::string> problems;
    for (const auto& p : listing.problems) problems.push_back(p.kind + " " + Name(p.subject));
    return problems;
  }
  const testing_support::ScratchFolder folder_;
};

TEST_F(GenericFoldersTest, MasksBelongToTheImageOfTheSamePath) {
  Write({"images/p1/RMLO.png", "images/p2/RMLO.png", "breast_masks/p2/RMLO.png",
         "dense_masks/p2/RMLO.png"});
  const DatasetIndex listing = Read();
  EXPECT_THAT(Rows(listing),
              ElementsAre("images/p1/RMLO.png  ",
                          "images/p2/RMLO.png breast_masks/p2/RMLO.png dense_masks/p2/RMLO.png"));
  EXPECT_THAT(listing.problems, IsEmpty());
}

TEST_F(GenericFoldersTest, AUniqueNameIsEnoughIfOneSideHasNoFolders) {
  Write({"images/a/1.png", "images/2.png", "breast_masks/1.png", "dense_masks/x/2.png"});
  const DatasetIndex listing = Read();
  EXPECT_THAT(Rows(listing), ElementsAre("images/2.png  dense_masks/x/2.png",
                                         "images/a/1.png breast_masks/1.png "));
  EXPECT_THAT(listing.problems, IsEmpty());
}

TEST_F(GenericFoldersTest, AUniqueNameInTwoFoldersMayBeOfTwoPatients) {
  Write({"images/p1/RMLO.png", "images/p1/RCC.png", "dense_masks/p1/RCC.png",
         "dense_masks/p2/RMLO.png"});
  const DatasetIndex listing = Read();
  EXPECT_THAT(Rows(listing),
              ElementsAre("images/p1/RCC.png  dense_masks/p1/RCC.png", "images/p1/RMLO.png  "));
  EXPECT_THAT(Problems(listing), ElementsAre("ambiguous_file dense_masks/p2/RMLO.png"));
  EXPECT_THAT(listing.problems[0].text, HasSubstr("images/p1/RMLO.png may be of another patient"));
}

TEST_F(GenericFoldersTest, AmbiguousNamesAreLeftOut) {
  Write({"images/p1/RMLO.png", "images/p2/RMLO.png", "images/1.png", "breast_masks/RMLO.png",
         "dense_masks/x/1.png", "dense_masks/y/1.png", "pectoral_masks/z.png"});
  const DatasetIndex listing = Read();
  EXPECT_THAT(Rows(listing),
              ElementsAre("images/1.png  ", "images/p1/RMLO.png  ", "images/p2/RMLO.png  "));
  EXPECT_THAT(
      Problems(listing),
      ElementsAre("ambiguous_file breast_masks/RMLO.png", "ambiguous_file dense_masks/x/1.png",
                  "ambiguous_file dense_masks/y/1.png", "orphan_mask pectoral_masks/z.png"));
  EXPECT_THAT(listing.problems[0].text, HasSubstr("2 image(s) and 1 mask(s) are named RMLO.*"));
}

TEST_F(GenericFoldersTest, NamesOfMaskFoldersMayBeSingular) {
  Write({"images/1.png", "breast_mask/1.png", "dense_mask/1.png"});
  const DatasetIndex listing = Read();
  EXPECT_THAT(Rows(listing), ElementsAre("images/1.png breast_mask/1.png dense_mask/1.png"));
  EXPECT_THAT(listing.problems, IsEmpty());
}

TEST_F(GenericFoldersTest, UidIsNotSplitAtExtension) {
  Write({"images/1.2.3", "images/1.2.4", "breast_masks/1.2.3.png"});
  EXPECT_THAT(Rows(Read()), ElementsAre("images/1.2.3 breast_masks/1.2.3.png ", "images/1.2.4  "));
}

TEST_F(GenericFoldersTest, FoldersAndTablesThatAreNotReadAreNamed) {
  Write({"images/1.png", "labels/1.png", "set/1.png"});
  for (const char* file : {"labels.csv", "README.md", "set/journal.jsonl"})
    WriteFileAtomically(folder_ / file, std::string_view("x"));
  EXPECT_THAT(Problems(Read()), UnorderedElementsAre("not_read labels", "not_read labels.csv"));
}

TEST_F(GenericFoldersTest, AFolderWithoutImagesIsRefused) {
  EXPECT_THAT(testing_support::ErrorMessage([&] { Read(); }, ErrorCode::kNotFound),
              HasSubstr("has neither manifest.csv nor a folder images/ with pictures"));
}

}  // namespace
}  // namespace mhcnn
