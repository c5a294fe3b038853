#include "mhcnn/data/image_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "mhcnn/base/file.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ImageCheckTest : public ::testing::Test {
 protected:
  ListedImage Listed(const std::string& name) const {
    ListedImage image;
    image.name = "a";
    image.sample.image = folder_ / name;
    return image;
  }
  /// A left MLO view of 40 x 30 pixels.
  ListedImage WrittenDicom() const {
    Mammogram mammogram;
    mammogram.pixels = GreyImage(40, 30);
    for (int y = 0; y < 40; ++y) {
      for (int x = 0; x < 30; ++x) mammogram.pixels(y, x) = static_cast<std::uint16_t>(60 * y + x);
    }
    mammogram.metadata.bits = 12;
    mammogram.metadata.laterality = Laterality::kLeft;
    mammogram.metadata.view = View::kMLO;
    mammogram.metadata.patient_id = "P7";
    mammogram.metadata.study_uid = "1.2.3";
    mammogram.metadata.manufacturer = "Maker";
    mammogram.metadata.manufacturer_model = "Model";
    WriteDicomMammogram(folder_ / "a.dcm", mammogram, {});
    return Listed("a.dcm");
  }
  const testing_support::ScratchFolder folder_;
  const ImageCheckOptions decode_{folder_ / "out", true}, headers_{folder_ / "out", false};
};

// Both hashes by Python's hashlib: of the file, and of "3x2:" with the values as little-endian
// words.
TEST_F(ImageCheckTest, HashesAreSha256OfFileAndOfPixels) {
  const std::string pgm("P5\n3 2\n65535\n\x00\x00\x00\x01\x01\x02\x0F\xFF\x9C\x40\xFF\xFF",
                        13 + 12);
  WriteFileAtomically(folder_ / "a.pgm", pgm);
  const ImageCheck check = CheckImage(Listed("a.pgm"), decode_);
  EXPECT_TRUE(check.readable);
  EXPECT_THAT(check.problems, IsEmpty());
  EXPECT_EQ(check.rows, 2);
  EXPECT_EQ(check.columns, 3);
  EXPECT_EQ(check.file_hash, "dfd5554811a45e450931beda763cc45ac8579f4191c168a30493172bbb047cec");
  EXPECT_EQ(check.pixel_hash, "0f7e85bbc4e6ea5be2814817593a513946c666287db40be35cb697539baf57d0");
  // The same pixels in another format.
  WritePng(folder_ / "a.png", ReadGreyImage(folder_ / "a.pgm"));
  const ImageCheck png = CheckImage(Listed("a.png"), decode_);
  EXPECT_EQ(png.pixel_hash, check.pixel_hash);
  EXPECT_NE(png.file_hash, check.file_hash);
}

TEST_F(ImageCheckTest, ReadsHeaderAloneWhereNoPixelsAreAskedFor) {
  const ListedImage image = WrittenDicom();
  const ImageCheck header = CheckImage(image, headers_), whole = CheckImage(image, decode_);
  EXPECT_EQ(header.pixel_hash, "");
  EXPECT_EQ(whole.pixel_hash.size(), 64u);
  EXPECT_EQ(header.file_hash, whole.file_hash);
  for (const auto& check : {header, whole}) {
    EXPECT_TRUE(check.readable);
    EXPECT_EQ(check.rows, 40);
    EXPECT_EQ(check.columns, 30);
    EXPECT_EQ(check.vendor, "Maker / Model");
    EXPECT_EQ(check.laterality, Laterality::kLeft);
    EXPECT_EQ(check.view, View::kMLO);
    EXPECT_EQ(check.patient_id, "P7");
    EXPECT_EQ(check.study_id, "1.2.3");
    EXPECT_FALSE(check.mask_percent);
  }
}

TEST_F(ImageCheckTest, ReportsWhereTableAndHeaderDiffer) {
  ListedImage image = WrittenDicom();
  image.sample.laterality = Laterality::kLeft;
  image.sample.view = View::kMLO;
  EXPECT_THAT(CheckImage(image, decode_).problems, IsEmpty());
  image.sample.laterality = Laterality::kRight;
  image.sample.view = View::kCC;
  const ImageCheck check = CheckImage(image, decode_);
  ASSERT_EQ(check.problems.size(), 2u);
  EXPECT_EQ(check.problems[0].kind, "header_conflict");
  EXPECT_THAT(check.problems[0].text,
              HasSubstr("laterality is R in the table and L in the header"));
  EXPECT_THAT(check.problems[1].text, HasSubstr("view is CC in the table and MLO in the header"));
  EXPECT_EQ(check.laterality, Laterality::kLeft) << "the header's";
}

TEST_F(ImageCheckTest, UnreadableImageIsAProblem) {
  WriteFileAtomically(folder_ / "cut.png", std::string("\x89PNG\r\n\x1A\n"));
  for (const char* name : {"cut.png", "none.png"}) {
    const ImageCheck check = CheckImage(Listed(name), decode_);
    EXPECT_FALSE(check.readable);
    EXPECT_EQ(check.file_hash, "");
    ASSERT_EQ(check.problems.size(), 1u);
    EXPECT_EQ(check.problems[0].kind, "unreadable");
    EXPECT_EQ(check.problems[0].subject, folder_ / name);
    EXPECT_THAT(check.problems[0].text, HasSubstr("left out"));
  }
}

TEST_F(ImageCheckTest, MasksGiveThePercent) {
  ListedImage image = WrittenDicom();
  cv::Mat1b breast = cv::Mat1b::zeros(40, 30), dense = breast.clone();
  breast(cv::Rect(0, 5, 20, 20)).setTo(255);
  dense(cv::Rect(2, 10, 10, 9)).setTo(255);
  image.sample.breast_mask = folder_ / "breast.png";
  image.sample.dense_mask = folder_ / "dense.png";
  WritePng(*image.sample.breast_mask, breast);
  WritePng(*image.sample.dense_mask, dense);
  const ImageCheck check = CheckImage(image, headers_);  // with masks the pixels are read as well
  EXPECT_EQ(check.pixel_hash.size(), 64u);
  EXPECT_NEAR(check.mask_percent.value_or(-1), 100.0 * 90 / 400, 1e-9);
}

TEST_F(ImageCheckTest, KeyChangesWithFilesTableAndOptions) {
  ListedImage image = WrittenDicom();
  const std::string key = ImageCheckKey(image, decode_);
  EXPECT_EQ(ImageCheckKey(image, decode_), key);
  EXPECT_NE(ImageCheckKey(image, headers_), key);
  fs::last_write_time(image.sample.image,
                      fs::last_write_time(image.sample.image) + std::chrono::seconds(2));
  const std::string touched = ImageCheckKey(image, decode_);
  EXPECT_NE(touched, key);
  std::vector<std::string> keys = {key, touched};
  const auto add = [&](auto change) {
    ListedImage changed = image;
    change(changed);
    keys.push_back(ImageCheckKey(changed, decode_));
  };
  add([](ListedImage& i) { i.name = "b"; });
  add([](ListedImage& i) { i.sample.view = View::kCC; });
  add([](ListedImage& i) { i.sample.laterality = Laterality::kRight; });
  add([](ListedImage& i) { i.sample.percent_density = 5; });
  add([](ListedImage& i) { i.sample.dense_threshold = 5; });
  add([&](ListedImage& i) { i.sample.breast_mask = folder_ / "m.png"; });
  add([&](ListedImage& i) { i.sample.dense_mask = folder_ / "m.png"; });
  add([&](ListedImage& i) { i.pectoral_contour = folder_ / "m.png"; });
  WriteFileAtomically(folder_ / "m.png", std::string("x"));
  add([&](ListedImage& i) { i.sample.breast_mask = folder_ / "m.png"; });
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
}

}  // namespace
}  // namespace mhcnn
