#include "mhcnn/batch/drawings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "mhcnn/base/file.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/batch/output_paths.h"
#include "mhcnn/batch/own_files.h"
#include "mhcnn/page/page_picture.h"
#include "mhcnn/testing/backends.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::UnorderedElementsAre;
using testing_support::AnalyzeHalfEllipse;
using testing_support::DrawHalfEllipse;
using testing_support::HeadsBackend;
using testing_support::ScratchFolder;

const BatchItem kItem{"in/a.png", "", "sub/a"};

Result Measured() {
  Result result = AnalyzeHalfEllipse();
  result.metadata.path = "in/a.png";
  return result;
}

BatchOptions OnlyIn(const fs::path& output) {
  BatchOptions options;
  options.output = output;
  options.overlays = options.masks = false;
  return options;
}

/// Paths of all files below a folder.
std::vector<std::string> Files(const fs::path& folder) {
  std::vector<std::string> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(folder).string());
  }
  return files;
}

TEST(WriteDrawings, WritesWhatTheOptionsAskFor) {
  const GreyImage pixels = DrawHalfEllipse().pixels;
  const ScratchFolder folder;
  Result result = Measured();
  BatchOptions options = OnlyIn(folder / "none");
  WriteDrawings(pixels, kItem, options, 1, result);
  EXPECT_TRUE(Files(options.output).empty());

  options = OnlyIn(folder / "some");
  options.masks = options.nifti = true;
  WriteDrawings(pixels, kItem, options, 1, result);
  EXPECT_THAT(Files(options.output), UnorderedElementsAre("masks/sub/a.png", "masks/sub/a.nii.gz"));

  options = OnlyIn(folder / "overlay");
  options.overlays = true;
  options.overlay.format = OverlayFormat::kJpeg;
  WriteDrawings(pixels, kItem, options, 3, result);
  EXPECT_THAT(Files(options.output), UnorderedElementsAre("overlays/sub/a.jpg"));
  EXPECT_GT(result.stages.write, 0);
}

TEST(WriteDrawings, MaskPictureHoldsTheTissues) {
  const ScratchFolder folder;
  Result result = Measured();
  BatchOptions options = OnlyIn(folder.path());
  options.masks = options.nifti = true;
  WriteDrawings(DrawHalfEllipse().pixels, kItem, options, 1, result);
  const cv::Mat labels = cv::imread((folder / "masks/sub/a.png").string(), cv::IMREAD_UNCHANGED);
  ASSERT_EQ(labels.size(), cv::Size(500, 800));
  ASSERT_EQ(labels.type(), CV_8U);
  const double dense = cv::countNonZero(labels == 170), fat = cv::countNonZero(labels == 85);
  ASSERT_TRUE(result.percent_density);
  EXPECT_NEAR(100 * dense / (dense + fat), *result.percent_density, 0.5);
  EXPECT_EQ(DetectRunDrawing(ReadFile(folder / "masks/sub/a.png")), "mask");
  // The bytes after the header of 352 are the pixels, with the labels 0 to 3.
  const auto bytes = ReadFile(Unpack(folder / "masks/sub/a.nii.gz")->path());
  ASSERT_EQ(bytes.size(), 352U + 500 * 800);
  const cv::Mat1b nifti(800, 500, const_cast<std::uint8_t*>(bytes.data()) + 352);
  EXPECT_EQ(cv::countNonZero(nifti == 2), dense);
  EXPECT_EQ(cv::countNonZero(nifti == 1), fat);
}

TEST(WriteDrawings, DrawsNoMasksWhereTheModelHasNone) {
  const ScratchFolder folder;
  const Mammogram mammogram = DrawHalfEllipse();
  const Analyzer analyzer(std::make_shared<HeadsBackend>(std::vector<Head>{Head::kRegression}), {});
  Result result = analyzer.Analyze(mammogram).result;
  BatchOptions options = OnlyIn(folder.path());
  options.masks = options.nifti = options.overlays = true;
  WriteDrawings(mammogram.pixels, kItem, options, 1, result);
  EXPECT_THAT(Files(folder.path()), UnorderedElementsAre("overlays/sub/a.png"));
}

TEST(WriteDrawings, PageHasPicturesOnlyBesideOverlaysOrForAServer) {
  const GreyImage pixels = DrawHalfEllipse().pixels;
  for (const auto& [page, page_data, overlays] :
       {std::tuple{true, false, false}, {true, false, true}, {false, true, false}}) {
    const ScratchFolder folder;
    Result result = Measured();
    BatchOptions options = OnlyIn(folder.path());
    options.page = page;
    options.page_data = page_data;
    options.overlays = overlays;
    WriteDrawings(pixels, kItem, options, 1, result);
    auto paths = MakePagePicturePaths(folder.path(), PagePictureKey("in/a.png"));
    EXPECT_EQ(fs::exists(paths.picture), page_data || overlays);
    EXPECT_EQ(fs::exists(paths.thumbnail), page_data || overlays);
    EXPECT_EQ(fs::exists(paths.outlines), overlays);
    paths.outlines.replace_extension(".json");
    ASSERT_EQ(fs::exists(paths.outlines), page_data);
    if (page_data) {
      EXPECT_TRUE(nlohmann::json::parse(ReadTextFile(paths.outlines)).contains("dense"));
    }
  }
}

TEST(RemovePartialOutputs, RemovesHalfWrittenFilesOfThisShardAlone) {
  const ScratchFolder folder;
  BatchOptions options = OnlyIn(folder.path());
  options.shard = {1, 2};
  const auto put = [&](const std::string& name) {
    WriteFileAtomically(folder / name, std::string_view("part"));
  };
  const std::vector<std::string> own = {"overlays/sub/a.png.123-4.tmp",
                                        "masks/sub/a.png.123-5.tmp",
                                        "masks/sub/a.nii.gz.9-0.tmp",
                                        "results" + options.shard.Suffix() + ".csv.7-1.tmp",
                                        "studies" + options.shard.Suffix() + ".json.7-2.tmp",
                                        "profile" + options.shard.Suffix() + ".json.7-3.tmp"};
  const std::vector<std::string> others = {
      "overlays/sub/a.png",     "overlays/sub/b.png.123-4.tmp",
      "overlays/sub/a.png.tmp", "results" + Shard{2, 2}.Suffix() + ".csv.7-1.tmp",
      "results.csv.7-1.tmp",    "notes.7-1.tmp"};
  for (const auto& name : own) put(name);
  for (const auto& name : others) put(name);
  RemovePartialOutputs({kItem}, options);
  EXPECT_THAT(Files(folder.path()), ::testing::UnorderedElementsAreArray(others));
}

}  // namespace
}  // namespace mhcnn
