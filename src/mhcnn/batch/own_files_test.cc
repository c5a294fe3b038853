#include "mhcnn/batch/own_files.h"

#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/image/png_file.h"
#include "mhcnn/image/png_text.h"
#include "mhcnn/results/overlay.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

class OwnFiles : public ::testing::Test {
 protected:
  fs::path Write(const std::string& name, const std::string& text) const {
    WriteFileAtomically(folder_ / name, text);
    return folder_ / name;
  }
  /// A picture of these values in rows.
  fs::path Picture(const std::string& name, const std::vector<int>& values) const {
    cv::Mat1b picture(static_cast<int>(values.size()), 5);
    for (int y = 0; y < picture.rows; ++y) picture.row(y).setTo(values[static_cast<size_t>(y)]);
    WritePng(folder_ / name, picture);
    return folder_ / name;
  }
  const testing_support::ScratchFolder folder_;
};

TEST_F(OwnFiles, IdentityIsEqualForAllHardLinks) {
  Write("a", "x");
  Write("b", "x");
  fs::create_hard_link(folder_ / "a", folder_ / "hard");
  fs::create_symlink(folder_ / "a", folder_ / "soft");
  EXPECT_EQ(ReadFileIdentity(folder_ / "hard"), ReadFileIdentity(folder_ / "a"));
  EXPECT_EQ(ReadFileIdentity(folder_ / "soft"), ReadFileIdentity(folder_ / "a"));
  EXPECT_NE(ReadFileIdentity(folder_ / "b"), ReadFileIdentity(folder_ / "a"));
  EXPECT_EQ(ReadFileIdentity(folder_ / "none"), FileIdentity());
}

TEST_F(OwnFiles, TablesOfARunAreKnownByNameAndFirstBytes) {
  const std::string results = "path,study_uid,sop_uid,laterality,view,more\n";
  const std::string studies = "study,patient_id,images,used,failed\n";
  EXPECT_FALSE(ContainsRunTable(folder_.path()));
  EXPECT_TRUE(IsRunTable(Write("results.csv", results)));
  EXPECT_TRUE(ContainsRunTable(folder_.path()));
  EXPECT_TRUE(IsRunTable(Write("results-3-of-12.csv", results)));
  EXPECT_TRUE(IsRunTable(Write("studies.csv", studies)));
  EXPECT_TRUE(IsRunTable(Write("results.json", "{\n \"schema\": \"mhcnn-results/3\"}")));
  EXPECT_TRUE(IsRunTable(Write("results-1-of-2.begun", "{\"schema\":\"mhcnn-begun/1\"}\n")));
  EXPECT_FALSE(IsRunTable(Write("results-x.csv", results)));
  EXPECT_FALSE(IsRunTable(Write("studies.json", "{}")));
  EXPECT_FALSE(IsRunTable(Write("other.csv", results)));
  EXPECT_FALSE(IsRunTable(folder_ / "results-1-of-2.csv")) << "no such file";
}

TEST_F(OwnFiles, ManifestNamesMasksUnlessTheyAreImagesAsWell) {
  for (const char* name : {"i.png", "b.png", "d.png", "both.png"}) Write(name, name);
  Write("manifest.csv",
        "image,breast_mask,dense_mask,note\n"
        "i.png,b.png,d.png#128|192,x\n"
        "both.png,both.png,none.png,i.png\n");
  EXPECT_EQ(ReadManifestMasks(folder_ / "manifest.csv"),
            (std::set<FileIdentity>{ReadFileIdentity(folder_ / "b.png"),
                                    ReadFileIdentity(folder_ / "d.png")}));
  EXPECT_TRUE(ReadManifestMasks(folder_ / "none.csv").empty());
  Write("manifest.csv", "\"open");
  EXPECT_TRUE(ReadManifestMasks(folder_ / "manifest.csv").empty());
}

TEST_F(OwnFiles, DrawingsAreKnownByTheirMark) {
  const auto png = EncodePngFile(cv::Mat1b(4, 4, uchar{85}));
  EXPECT_EQ(DetectRunDrawing(AddPngSoftware(png, kOverlaySoftware)), "overlay");
  EXPECT_EQ(DetectRunDrawing(AddPngSoftware(png, kMaskSoftware)), "mask");
  EXPECT_EQ(DetectRunDrawing(AddPngSoftware(png, "GIMP")), "");
  EXPECT_EQ(DetectRunDrawing(png), "");
  const cv::Mat3b drawing(8, 8, cv::Vec3b(1, 2, 3));
  for (const auto format : {OverlayFormat::kPng, OverlayFormat::kJpeg})
    EXPECT_EQ(DetectRunDrawing(EncodeOverlay(drawing, format)), "overlay");
  EXPECT_EQ(DetectRunDrawing({}), "");
}

TEST_F(OwnFiles, RecognizesMaskFileNames) {
  for (const char* name : {"x_mask.png", "Masks/x.png", "labels/x.png", "a/Ground_Truth/b/x.png",
                           "segmentation/x.png", "annotations/x.png"}) {
    EXPECT_TRUE(HasMaskName(name)) << name;
  }
  for (const char* name : {"x.png", "label.png", "a/truth/x.png"}) {
    EXPECT_FALSE(HasMaskName(name)) << name;
  }
}

TEST_F(OwnFiles, MasksHaveTwoToEightValuesOrAreAllZero) {
  const auto looks = [&](const std::vector<int>& values) {
    return LooksLikeMask(ReadGreyImage(Picture("p.png", values)));
  };
  EXPECT_TRUE(looks({0, 255}));
  EXPECT_TRUE(looks({0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_FALSE(looks({0, 1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_TRUE(looks({0, 0}));
  EXPECT_FALSE(looks({9, 9})) << "a picture of one grey is no mask of nothing";
  EXPECT_FALSE(LooksLikeMask({}));
}

TEST_F(OwnFiles, LabelMapsOfEarlierVersionsAreKnownByTheirValues) {
  EXPECT_TRUE(IsUnmarkedLabelMap(Picture("l.png", {0, 85, 170, 255})));
  EXPECT_TRUE(IsUnmarkedLabelMap(Picture("l.png", {0, 85})));
  EXPECT_FALSE(IsUnmarkedLabelMap(Picture("l.png", {0, 255}))) << "any binary mask";
  EXPECT_FALSE(IsUnmarkedLabelMap(Picture("l.png", {0, 85, 171})));
  EXPECT_FALSE(IsUnmarkedLabelMap(Picture("l.png", {85, 85})));
  EXPECT_FALSE(IsUnmarkedLabelMap(folder_ / "none.png"));
}

TEST_F(OwnFiles, MasksAndDrawingsAreNotMeasured) {
  WriteFileAtomically(folder_ / "o.png",
                      AddPngSoftware(EncodePngFile(cv::Mat1b(4, 4, uchar{1})), kOverlaySoftware));
  EXPECT_EQ(FindLeftOutKind(folder_ / "o.png", "o.png"), LeftOutKind::kEarlierRun);
  const fs::path mask = Picture("m.png", {0, 255}), map = Picture("l.png", {0, 85, 170}),
                 grey = Picture("g.png", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_EQ(FindLeftOutKind(mask, "masks/m.png"), LeftOutKind::kMask);
  EXPECT_EQ(FindLeftOutKind(mask, "m.png"), std::nullopt) << "its name does not say so";
  EXPECT_EQ(FindLeftOutKind(map, "masks/l.png"), LeftOutKind::kEarlierRun);
  EXPECT_EQ(FindLeftOutKind(grey, "masks/g.png"), std::nullopt) << "a mammogram in such a folder";
  EXPECT_EQ(FindLeftOutKind(folder_ / "none.png", "masks/none.png"), std::nullopt);
  Write("cut.png", "\x89PNG\r\n\x1A\n");
  EXPECT_EQ(FindLeftOutKind(folder_ / "cut.png", "masks/cut.png"), std::nullopt)
      << "it is to be measured, and fails there";
}

}  // namespace
}  // namespace mhcnn
