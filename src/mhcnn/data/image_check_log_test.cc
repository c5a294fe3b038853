#include "mhcnn/data/image_check_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

ImageCheck Checked() {
  ImageCheck check;
  check.readable = true;
  check.file_hash = "ab";
  check.rows = 30;
  check.columns = 20;
  check.vendor = "H\xC3\xB6lzer";
  check.view = View::kMLO;
  check.patient_id = "P\xFC";
  check.study_id = "1.2.3";
  check.mask_percent = 12.5;
  check.problems = {{"kind", "file\xFF.png", "a text"}};
  return check;
}

TEST(ImageCheckLog, ResumedRunReusesCheckedImages) {
  const ScratchFolder folder;
  ImageCheckLog(folder / "journal.jsonl").Add("key\xFE", Checked());
  std::ofstream(folder / "journal.jsonl", std::ios::app) << R"({"key":"torn","read)";
  const ImageCheckLog log(folder / "journal.jsonl");
  EXPECT_FALSE(log.Find("torn"));
  const auto found = log.Find("key\xFE");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->file_hash, "ab");
  EXPECT_EQ(found->vendor, Checked().vendor);
  EXPECT_EQ(found->view, View::kMLO);
  EXPECT_EQ(found->patient_id, "P\xFC");
  EXPECT_EQ(found->study_id, "1.2.3");
  EXPECT_EQ(found->mask_percent, 12.5);
  ASSERT_EQ(found->problems.size(), 1u);
  EXPECT_EQ(found->problems[0].subject, "file\xFF.png");
}

TEST(ImageCheckLog, RecreatesMissingMask) {
  const ScratchFolder folder;
  ImageCheck check = Checked();
  check.dense_mask = (folder / "dense.png").string();
  ImageCheckLog(folder / "journal.jsonl").Add("key", check);
  EXPECT_FALSE(ImageCheckLog(folder / "journal.jsonl").Find("key"));
  WriteFileAtomically(folder / "dense.png", std::string_view("png"));
  EXPECT_TRUE(ImageCheckLog(folder / "journal.jsonl").Find("key"));
}

TEST(ImageCheckLog, TakesTheFileOfAnEarlierVersion) {
  const ScratchFolder folder;
  ImageCheckLog(folder / "new").Add("key", Checked());
  const std::string text = ReadTextFile(folder / "new");
  // The first line, which says what the file is, was not written then.
  WriteFileAtomically(folder / "old", std::string_view(text).substr(text.find('\n') + 1));
  ImageCheckLog(folder / "old").Add("second", Checked());
  const ImageCheckLog log(folder / "old");
  EXPECT_TRUE(log.Find("key"));
  EXPECT_TRUE(log.Find("second"));
}

TEST(ImageCheckLog, RefusesAnotherKindOfFileAndASecondRun) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "other", std::string_view("{\"name\":\"x\"}\n"));
  EXPECT_THAT(ErrorMessage([&] { ImageCheckLog(folder / "other"); }, ErrorCode::kCorrupt),
              HasSubstr("is not the journal of mhcnn prepare"));
  const ImageCheckLog first(folder / "journal.jsonl");
  EXPECT_THAT(ErrorMessage([&] { ImageCheckLog(folder / "journal.jsonl"); }, ErrorCode::kUsage),
              HasSubstr("another run is writing there"));
}

}  // namespace
}  // namespace mhcnn
