#include "mhcnn/data/prepare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/data/manifest.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class PrepareTest : public ::testing::Test {
 protected:
  /// Eight images of four patients with masks of 25 % in a set of the generic layout, and one file
  /// that is no image.
  PrepareTest() {
    std::string manifest = "image,breast_mask,dense_mask,patient_id,category\n";
    for (int i = 0; i < 8; ++i) {
      const std::string name = std::to_string(i);
      cv::Mat1w picture(40, 30, std::uint16_t{20});
      cv::Mat1b breast = cv::Mat1b::zeros(40, 30), dense = breast.clone();
      const cv::Rect all(0, 5, 20, 24), part(0, 10, 10, 12);
      picture(all).setTo(1000 + i);  // no two are equal
      picture(part).setTo(3000);
      breast(all).setTo(255);
      dense(part).setTo(255);
      WritePng(folder_ / ("set/i" + name + ".png"), picture);
      WritePng(folder_ / ("set/b" + name + ".png"), breast);
      WritePng(folder_ / ("set/d" + name + ".png"), dense);
      manifest += "i" + name + ".png,b" + name + ".png,d" + name + ".png,p" +
                  std::to_string(i / 2) + "," + "abcd"[i / 2] + "\n";
    }
    WriteFileAtomically(folder_ / "set/cut.png", std::string("\x89PNG\r\n\x1A\n"));
    manifest += "cut.png,,,p9,a\n";
    WriteFileAtomically(folder_ / "set/manifest.csv", manifest);
    options_.set = "generic";
    options_.adapter.folders = {folder_ / "set"};
    options_.out = folder_ / "out";
    options_.pictures = 2;
  }
  const testing_support::ScratchFolder folder_;
  PrepareOptions options_;
};

TEST_F(PrepareTest, ManifestHoldsReadableImagesWithPercentAndPart) {
  const DatasetSummary summary = Prepare(options_);
  EXPECT_EQ(summary.images, 8u);
  EXPECT_EQ(summary.patients, 4u);
  EXPECT_EQ(summary.problems_of_kind.at("unreadable"), 1u);
  const auto samples = ReadManifest(folder_ / "out/manifest.csv");
  ASSERT_EQ(samples.size(), 8u);
  std::map<std::string, std::string> part_of;
  for (const auto& sample : samples) {
    EXPECT_NEAR(sample.percent_density.value_or(-1), 25, 1e-6);
    EXPECT_TRUE(fs::exists(sample.image));
    EXPECT_NE(sample.split, "");
    const auto [known, first] = part_of.emplace(sample.patient_id, sample.split);
    EXPECT_EQ(known->second, sample.split) << "a patient is in one part";
  }
  for (const char* name : {"census.txt", "census.json", "census.html", "journal.jsonl"}) {
    EXPECT_TRUE(fs::exists(folder_ / "out" / name)) << name;
  }
}

TEST_F(PrepareTest, RunThatWasCutOffGivesTheSameFiles) {
  Prepare(options_);
  const std::string manifest = ReadTextFile(folder_ / "out/manifest.csv"),
                    summary = ReadTextFile(folder_ / "out/census.json"),
                    journal = ReadTextFile(folder_ / "out/journal.jsonl");
  fs::remove(folder_ / "out/manifest.csv");
  fs::remove(folder_ / "out/census.json");
  WriteFileAtomically(folder_ / "out/journal.jsonl", journal.substr(0, journal.size() / 2));
  Prepare(options_);
  EXPECT_EQ(ReadTextFile(folder_ / "out/manifest.csv"), manifest);
  EXPECT_EQ(ReadTextFile(folder_ / "out/census.json"), summary);
}

TEST_F(PrepareTest, OptionsAreChecked) {
  const auto message = [&](const std::function<void(PrepareOptions&)>& change) {
    PrepareOptions changed = options_;
    change(changed);
    return testing_support::ErrorMessage([&] { Prepare(changed); }, ErrorCode::kUsage);
  };
  EXPECT_THAT(message([](auto& o) { o.adapter.folders.clear(); }), HasSubstr("FOLDER"));
  EXPECT_THAT(message([](auto& o) { o.pictures = 201; }), HasSubstr("--pictures"));
  EXPECT_THAT(message([](auto& o) { o.threads = -1; }), HasSubstr("--threads"));
  EXPECT_THAT(message([](auto& o) { o.adapter.masks = "m"; }), HasSubstr("--masks"));
  EXPECT_THAT(message([](auto& o) { o.set = "unknown"; }), HasSubstr("unknown"));
  EXPECT_THAT(message([](auto& o) { o.out = o.adapter.folders.front(); }),
              HasSubstr("the data set's own folder"));
  EXPECT_THAT(message([&](auto& o) {
                o.adapter.folders = {folder_ / "set/manifest.csv"};
                o.out = folder_ / "set";
              }),
              HasSubstr("is a table of the data set and would be overwritten"));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(PrepareTest, FolderOfImagesIsNotWrittenTo) {
  fs::create_directories(folder_ / "folders/images");
  fs::copy_file(folder_ / "set/i0.png", folder_ / "folders/images/i0.png");
  options_.adapter.folders = {folder_ / "folders"};
  options_.out = folder_ / "folders/images/out";
  EXPECT_THAT(testing_support::ErrorMessage([&] { Prepare(options_); }, ErrorCode::kUsage),
              HasSubstr("is in a folder of images or masks of the data set"));
  EXPECT_FALSE(fs::exists(options_.out));
  options_.out = folder_ / "folders/out";
  const DatasetSummary summary = Prepare(options_);
  EXPECT_EQ(summary.problems_of_kind.at("no_labels"), 1u);
  EXPECT_EQ(summary.images_without_patient, 1u);
}

TEST_F(PrepareTest, PatientsOfDicomImagesComeFromTheHeader) {
  for (int i = 0; i < 12; ++i) {
    Mammogram mammogram;
    mammogram.pixels = ReadGreyImage(folder_ / "set/i0.png");
    mammogram.pixels(0, 0) = static_cast<std::uint16_t>(i);  // no two are equal
    mammogram.metadata.bits = 12;
    mammogram.metadata.patient_id = "P" + std::to_string(i / 4);
    mammogram.metadata.study_uid = "1.2." + std::to_string(i / 2);
    const fs::path file = folder_ / ("dicom/images/" + std::to_string(i) + ".dcm");
    fs::create_directories(file.parent_path());
    WriteDicomMammogram(file, mammogram, {});
  }
  options_.adapter.folders = {folder_ / "dicom"};
  options_.split.val_fraction = options_.split.test_fraction = 0.33;
  const DatasetSummary summary = Prepare(options_);
  EXPECT_EQ(summary.patients, 3u);
  EXPECT_EQ(summary.studies, 6u);
  EXPECT_EQ(summary.images_without_patient, 0u);
  std::map<std::string, std::set<std::string>> splits;
  for (const auto& sample : ReadManifest(folder_ / "out/manifest.csv"))
    splits[sample.patient_id].insert(sample.split);
  EXPECT_EQ(splits.size(), 3u);
  for (const auto& [patient, of] : splits) EXPECT_EQ(of.size(), 1u) << patient;
}

TEST_F(PrepareTest, LabelsThatContradictEachOtherAreNamed) {
  std::string manifest = "image,percent_density,category\n";
  for (int i = 0; i < 8; ++i) manifest += "i" + std::to_string(i) + ".png,5,d\n";
  WriteFileAtomically(folder_ / "set/manifest.csv", manifest);
  EXPECT_EQ(Prepare(options_).problems_of_kind.at("label_conflict"), 8u);
}

TEST_F(PrepareTest, SetWithoutAReadableImageIsRefused) {
  WriteFileAtomically(folder_ / "set/manifest.csv", std::string("image\ncut.png\n"));
  EXPECT_THAT(testing_support::ErrorMessage([&] { Prepare(options_); }, ErrorCode::kNotFound),
              HasSubstr("contains no usable image"));
  EXPECT_FALSE(fs::exists(folder_ / "out/manifest.csv"));
}

}  // namespace
}  // namespace mhcnn
