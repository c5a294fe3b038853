#include "mhcnn/data/behravan_masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class BehravanMasks : public ::testing::Test {
 protected:
  BehravanMasks() {
    for (const char* name : {"img1", "img2", "img3"}) {
      ListedImage image;
      image.name = name;
      image.sample.image = fs::path("/set") / (std::string(name) + ".dicom");
      image.sample.split = "train";
      listing_.images.push_back(image);
    }
  }
  void Write(const std::string& name, const std::string& text = "x") const {
    fs::create_directories((folder_ / name).parent_path());
    WriteFileAtomically(folder_ / name, text);
  }
  std::vector<std::string> Kinds() const {
    std::vector<std::string> kinds;
    for (const auto& problem : listing_.problems) kinds.push_back(problem.kind);
    return kinds;
  }
  const testing_support::ScratchFolder folder_;
  DatasetIndex listing_;
};

TEST_F(BehravanMasks, AddsMasksPercentsAndTestPartByName) {
  Write("train/train/breast_masks/img1.jpg");
  Write("train/train/dense_masks/img1.jpg");
  Write("test/test/breast_masks/img2.jpg");
  Write("test/test/dense_masks/img2.jpg");
  Write("train/train.csv", "Filename,Density\nimg1.jpg,12.5\n");
  AddBehravanMasks(folder_.path(), listing_);
  EXPECT_THAT(Kinds(), IsEmpty());
  const Sample &first = listing_.images[0].sample, &second = listing_.images[1].sample,
               &third = listing_.images[2].sample;
  EXPECT_EQ(first.breast_mask, folder_ / "train/train/breast_masks/img1.jpg");
  EXPECT_EQ(first.dense_mask, folder_ / "train/train/dense_masks/img1.jpg");
  EXPECT_EQ(first.percent_density, 12.5);
  EXPECT_EQ(first.split, "train");
  EXPECT_EQ(second.dense_mask, folder_ / "test/test/dense_masks/img2.jpg");
  EXPECT_FALSE(second.percent_density);
  EXPECT_EQ(second.split, "test");
  EXPECT_FALSE(third.breast_mask || third.dense_mask || third.percent_density);
  EXPECT_EQ(third.split, "train");
}

TEST_F(BehravanMasks, ReadsTheOtherPublishedLayout) {
  Write("val/breast_mask/img1.png");
  Write("val/dense_mask/img1.png");
  Write("test/breast_mask/img3.png");
  Write("test/dense_mask/img3.png");
  Write("test/input_image/img3.png");
  AddBehravanMasks(folder_.path(), listing_);
  EXPECT_THAT(Kinds(), IsEmpty());
  EXPECT_EQ(listing_.images[0].sample.dense_mask, folder_ / "val/dense_mask/img1.png");
  EXPECT_EQ(listing_.images[0].sample.split, "train") << "of VinDr-Mammo; only test is taken over";
  EXPECT_EQ(listing_.images[2].sample.split, "test");
}

TEST_F(BehravanMasks, ReportsMasksAndPercentsThatDoNotFit) {
  Write("train/breast_masks/img1.jpg");
  Write("train/dense_masks/img9.jpg");
  Write("again/breast_masks/img1.jpg");
  Write("train/train.csv",
        "Filename,Density\nimg1.jpg,150\nimg2.jpg,20\nimg2."
        "jpg,30\nimg3.jpg,many\n");
  AddBehravanMasks(folder_.path(), listing_);
  EXPECT_THAT(Kinds(),
              ::testing::UnorderedElementsAre("repeated_file", "unknown_value", "label_conflict",
                                              "unknown_value", "half_masked", "orphan_mask"));
  EXPECT_FALSE(listing_.images[0].sample.percent_density);
  EXPECT_EQ(listing_.images[0].sample.breast_mask, folder_ / "again/breast_masks/img1.jpg");
  EXPECT_EQ(listing_.images[1].sample.percent_density, 20);
}

TEST_F(BehravanMasks, FolderWithoutMasksIsRefused) {
  Write("train/images/img1.jpg");
  EXPECT_EQ(testing_support::ThrownCode([&] { AddBehravanMasks(folder_.path(), listing_); }),
            ErrorCode::kNotFound);
}

}  // namespace
}  // namespace mhcnn
