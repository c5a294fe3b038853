#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/data/adapters.h"
#include "mhcnn/data/image_check.h"
#include "mhcnn/data/manifest.h"
#include "mhcnn/data/masks.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

fs::path Folder(const std::string& name) {
  const fs::path folder =
      fs::path(::testing::TempDir()) / (name + "-" + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

template <typename F>
std::string ErrorOf(F&& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing thrown";
}

TEST(ReaderColumns, SurviveAndAreWrittenWhereTheyAreUsed) {
  const fs::path path = Folder("reader-columns") / "m.csv";
  Sample one;
  one.image = path.parent_path() / "1.png";
  WriteManifest(path, {one});
  EXPECT_THAT(ReadTextFile(path), Not(HasSubstr("reader")));
  Sample two = one;
  two.reader = "anna, B.";
  two.breast_mask = path.parent_path() / "b.png";
  two.dense_threshold = 2250.5;
  WriteManifest(path, {one, two});
  const auto read = ReadManifest(path);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].reader, "");
  EXPECT_FALSE(read[0].dense_threshold);
  EXPECT_EQ(read[1].image, read[0].image);
  EXPECT_EQ(read[1].reader, "anna, B.");
  EXPECT_EQ(*read[1].dense_threshold, 2250.5);

  const auto refusal = [&](const std::string& text) {
    WriteFileAtomically(path, text);
    return ErrorOf([&] { ReadManifest(path); });
  };
  EXPECT_THAT(refusal("image,dense_threshold\n1.png,70000\n"),
              HasSubstr("line 2: column dense_threshold: '70000' is not a number in 0..65535"));
  EXPECT_THAT(refusal("image,dense_mask,dense_threshold\n1.png,d.png,100\n"),
              HasSubstr("line 2: has both a dense_mask and a dense_threshold"));
}

TEST(SampleMasks, AThresholdTakesWhatIsBrighterWithinTheBreast) {
  const fs::path folder = Folder("threshold");
  cv::Mat1w picture(2, 3);
  picture << 100, 200, 201, 300, 50, 65535;
  cv::Mat1b breast(2, 3);
  breast << 255, 255, 255, 255, 255, 0;
  cv::Mat1b wanted(2, 3);
  wanted << 0, 0, 255, 255, 0, 0;
  EXPECT_EQ(cv::countNonZero(DenseAbove(picture, breast, 200) != wanted), 0);

  WritePng(folder / "b.png", breast);
  Sample sample;
  sample.image = folder / "i.png";
  sample.breast_mask = folder / "b.png";
  sample.dense_threshold = 200;
  const SampleMasks masks = ReadSampleMasks(sample, picture);
  EXPECT_EQ(cv::countNonZero(masks.dense != wanted), 0);
  EXPECT_TRUE(masks.pectoral.empty());
  EXPECT_THAT(ErrorOf([&] { ReadSampleMasks(sample, GreyImage(3, 3, std::uint16_t{1})); }),
              HasSubstr("b.png: the breast mask's size differs from its picture's"));
  sample.breast_mask.reset();
  EXPECT_THAT(ErrorOf([&] { ReadSampleMasks(sample, picture); }),
              HasSubstr("i.png: has a dense_threshold but no breast_mask"));
}

TEST(GenericSet, KeepsTheRowsOfSeveralReaders) {
  const fs::path folder = Folder("several-readers");
  WritePng(folder / "i.png", cv::Mat1w(4, 4, std::uint16_t{9}));
  WritePng(folder / "b.png", cv::Mat1b(4, 4, uchar{255}));
  WriteFileAtomically(folder / "manifest.csv",
                      std::string("image,breast_mask,reader,dense_threshold\n"
                                  "i.png,b.png,anna,5\ni.png,b.png,bert,20\n"
                                  "i.png,b.png,bert,30\ni.png,,carl,5\n"));
  AdapterOptions options;
  options.folders = {folder};
  const DatasetIndex listing = ReadGenericSet(options);
  ASSERT_EQ(listing.images.size(), 3u);
  EXPECT_EQ(listing.images[1].sample.reader, "bert");
  EXPECT_FALSE(listing.images[2].sample.dense_threshold);
  ASSERT_EQ(listing.problems.size(), 2u);
  EXPECT_EQ(listing.problems[0].kind, "threshold_without_breast");
  EXPECT_EQ(listing.problems[1].kind, "repeated_row");
  EXPECT_EQ(*CheckImage(listing.images[0], {.out = folder, .decode = true}).mask_percent, 100);
  EXPECT_EQ(*CheckImage(listing.images[1], {.out = folder, .decode = true}).mask_percent, 0);
}

}  // namespace
}  // namespace mhcnn
