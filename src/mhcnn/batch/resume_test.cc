// A resumed batch whose files are away, or during which the process was killed, and shards of
// inputs that changed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/base/csv.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/batch/batch.h"
#include "mhcnn/batch/output_paths.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/backends.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing_support::DrawHalfEllipse;
using testing_support::ScratchFolder;
using testing_support::ThresholdBackend;

class ResumeTest : public ::testing::Test {
 protected:
  ResumeTest() {
    for (const char* name : {"a.png", "b.png", "sub/c.png"})
      WritePng(in_ / name, DrawHalfEllipse().pixels);
  }
  /// What `mhcnn predict INPUTS -o out --resume` does.
  BatchReport Predict(const std::vector<fs::path>& inputs, const Shard& shard = {}) const {
    CollectedImages found = CollectImages(inputs, out_);
    BatchOptions options;
    options.output = out_;
    options.overlays = options.masks = false;
    options.workers = 1;
    options.start = JournalStart::kResume;
    options.shard = shard;
    options.inputs = found.items.size();
    options.inputs_digest = HashPaths(found.items);
    options.unread = found.unread;
    const ShardItems mine = SelectShard(std::move(found.items), shard, StudyBy::kAuto, 1);
    options.unread.insert(options.unread.end(), mine.unread.begin(), mine.unread.end());
    return RunBatch(Analyzer(backend_, {}), mine.items, options);
  }
  std::string Refusal(const std::vector<fs::path>& inputs, const Shard& shard = {}) const {
    const std::string table = ReadTextFile(out_ / ("results" + shard.Suffix() + ".csv"));
    try {
      Predict(inputs, shard);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kNotFound);
      EXPECT_EQ(ReadTextFile(out_ / ("results" + shard.Suffix() + ".csv")), table);
      EXPECT_FALSE(Journal::ReadPlaces(JournalPath(out_, shard.Suffix())).finished);
      return e.what();
    }
    return "nothing thrown";
  }
  const ScratchFolder folder_;
  const fs::path in_ = folder_ / "in", out_ = folder_ / "out";
  std::shared_ptr<Backend> backend_ = std::make_shared<ThresholdBackend>();
};

TEST_F(ResumeTest, KeepsResultsOfMissingInput) {
  EXPECT_EQ(Predict({in_}).files, 3u);
  fs::rename(in_, folder_ / "elsewhere");
  EXPECT_THAT(Refusal({in_}),
              StartsWith(in_.string() + ": is missing, empty or cannot be read; results of "
                                        "measured files would be lost (3 in "));
  // A place where no disk is mounted.
  fs::create_directory(in_);
  WritePng(folder_ / "other.png", DrawHalfEllipse().pixels);
  EXPECT_THAT(Refusal({in_, folder_ / "other.png"}), HasSubstr("would be lost (3 in "));
  fs::remove(in_);
  fs::rename(folder_ / "elsewhere", in_);
  EXPECT_EQ(Predict({in_}).resumed, 3u);
}

TEST_F(ResumeTest, KeepsResultsForAnySpellingOfMissingInput) {
  Predict({in_});
  fs::rename(in_, folder_ / "elsewhere");
  // The shell finds nothing for a pattern and gives it as it is.
  for (const fs::path& input :
       {in_ / "*.dcm", in_ / "*/*.dcm", in_.lexically_relative(fs::current_path()),
        folder_ / "./in/../in/"})
    EXPECT_THAT(Refusal({input}), HasSubstr("would be lost (3 in ")) << input;
  fs::create_directory(in_);
  EXPECT_THAT(Refusal({in_ / "*.dcm"}), HasSubstr("would be lost (3 in "));
  WriteFileAtomically(in_ / ".keep", std::string_view());
  EXPECT_THAT(Refusal({in_ / "*.dcm"}), HasSubstr("would be lost (3 in "));
  WritePng(in_ / "new.png", DrawHalfEllipse().pixels);
  EXPECT_EQ(Predict({in_ / "*.dcm"}).files, 1u) << "the row of the pattern; the disk is there";
}

TEST_F(ResumeTest, AFolderWithoutPicturesCountsAsNotMounted) {
  Predict({in_});
  fs::rename(in_, folder_ / "elsewhere");
  for (const char* name : {".keep", "README", ".DS_Store"})
    WriteFileAtomically(in_ / name, std::string_view("text"));
  fs::create_directories(in_ / "lost+found");
  EXPECT_THAT(Refusal({in_}), StartsWith(in_.string() + ": is missing, empty"));
  // A file that is deleted beside others loses its row.
  fs::remove_all(in_);
  fs::rename(folder_ / "elsewhere", in_);
  fs::remove(in_ / "a.png");
  EXPECT_EQ(Predict({in_ / "sub", in_}).files, 2u);
}

TEST_F(ResumeTest, ResultsOfListedFilesAreKeptWhereTheFilesAreAway) {
  const std::vector<fs::path> list = {in_ / "a.png", in_ / "b.png", in_ / "none.png"};
  EXPECT_EQ(Predict(list).files, 3u);
  // A file that never was there is no obstacle.
  EXPECT_EQ(Predict(list).resumed, 3u);
  fs::remove(in_ / "b.png");
  EXPECT_THAT(Refusal(list), StartsWith((in_ / "b.png").string()));
  EXPECT_EQ(Predict({in_ / "a.png"}).files, 1u) << "it was removed from the list";
}

TEST_F(ResumeTest, UnreadableFolderWithoutResultsDoesNotBlockResume) {
  Predict({in_});
  // A file that is deleted loses its row.
  fs::remove(in_ / "a.png");
  fs::create_directory(in_ / "empty");
  EXPECT_EQ(Predict({in_, folder_ / "none"}).files, 3u) << "two files, and the row of the input";
  if (::geteuid() == 0) GTEST_SKIP() << "root reads every folder";
  fs::permissions(in_ / "sub", fs::perms::none);
  EXPECT_THAT(Refusal({in_}), StartsWith((in_ / "sub").string()));
  fs::permissions(in_ / "sub", fs::perms::owner_all);
}

TEST_F(ResumeTest, ResultsOfAShardAreKeptWhereItsFilesCannotBeAssigned) {
  for (int part = 1; part <= 2; ++part) Predict({in_}, {part, 2});
  const int part = Journal::ReadPlaces(JournalPath(out_, "-1-of-2")).entries.empty() ? 2 : 1;
  fs::rename(in_, folder_ / "elsewhere");
  EXPECT_THAT(Refusal({in_}, {part, 2}), StartsWith(in_.string()));
}

/// Ends the process while a picture is measured, as a kill does.
class KillingBackend : public ThresholdBackend {
 public:
  std::vector<NetworkOutput> Run(const std::vector<cv::Mat1f>&) override { std::_Exit(9); }
};

using ResumeDeathTest = ResumeTest;

TEST_F(ResumeDeathTest, AFileDuringWhichTwoRunsWereKilledHasAnErrorRow) {
  const auto healthy = std::exchange(backend_, std::make_shared<KillingBackend>());
  const std::vector<fs::path> list = {in_ / "a.png"};
  for (int run = 0; run < 2; ++run) {
    EXPECT_EXIT(Predict(list), ::testing::ExitedWithCode(9), "");
  }
  // The file is not begun again, and the batch is finished.
  for (int run = 0; run < 2; ++run) {
    const BatchReport report = Predict(list);
    ASSERT_EQ(report.results.size(), 1u);
    EXPECT_THAT(report.results[0].error,
                StartsWith("limit: the run was killed 2 times while this file was measured"));
    EXPECT_THAT(report.results[0].error, HasSubstr("delete results.begun and run again"));
    EXPECT_TRUE(Journal::ReadPlaces(JournalPath(out_, "")).finished);
  }
  backend_ = healthy;
  EXPECT_EQ(Predict({in_}).files, 3u) << "the others are measured";
  fs::remove(InProgressPath(out_, ""));
  const BatchReport report = Predict(list);
  EXPECT_TRUE(report.results.at(0).ok()) << report.results[0].error;
  EXPECT_FALSE(fs::exists(InProgressPath(out_, "")));
}

TEST_F(ResumeDeathTest, ErrorRowAfterKillsContainsHeaderMetadata) {
  Mammogram mammogram = DrawHalfEllipse();
  mammogram.metadata.bits = 12;
  mammogram.metadata.study_uid = "1.2.3";
  mammogram.metadata.sop_uid = "1.2.3.1";
  WriteDicomMammogram(in_ / "d.dcm", mammogram, {});
  const auto healthy = std::exchange(backend_, std::make_shared<KillingBackend>());
  for (int run = 0; run < 2; ++run)
    EXPECT_EXIT(Predict({in_ / "d.dcm"}), ::testing::ExitedWithCode(9), "");
  backend_ = healthy;
  for (int run = 0; run < 2; ++run) {
    const BatchReport report = Predict({in_ / "d.dcm"});
    ASSERT_EQ(report.results.size(), 1u);
    EXPECT_THAT(report.results[0].error, StartsWith("limit: the run was killed"));
    EXPECT_EQ(report.results[0].metadata.study_uid, "1.2.3");
    EXPECT_EQ(report.results[0].metadata.path, (in_ / "d.dcm").string());
  }
}

TEST_F(ResumeDeathTest, AFileDuringWhichARunWasKilledIsMeasuredLast) {
  const auto healthy = std::exchange(backend_, std::make_shared<KillingBackend>());
  EXPECT_EXIT(Predict({in_}), ::testing::ExitedWithCode(9), "");
  // Killed again at the next file: the first is not begun.
  EXPECT_EXIT(Predict({in_}), ::testing::ExitedWithCode(9), "");
  EXPECT_THAT(ReadTextFile(InProgressPath(out_, "")), HasSubstr("\"kills\":1"));
  EXPECT_THAT(ReadTextFile(InProgressPath(out_, "")), Not(HasSubstr("\"kills\":2")));
  backend_ = healthy;
  Predict({in_});
  std::vector<std::pair<std::uint64_t, std::string>> order;
  for (const auto& [name, entry] : Journal::ReadPlaces(JournalPath(out_, "")).entries)
    order.emplace_back(entry.place, fs::path(name).filename().string());
  std::ranges::sort(order);
  ASSERT_EQ(order.size(), 3u);
  EXPECT_EQ(order[0].second, "c.png");
  EXPECT_FALSE(fs::exists(InProgressPath(out_, "")));
}

TEST_F(ResumeTest, ShardsOfOtherFilesAreNotMerged) {
  Predict({in_}, {1, 2});
  fs::rename(in_ / "a.png", in_ / "d.png");
  Predict({in_}, {2, 2});
  EXPECT_THAT(testing_support::ErrorMessage([&] { MergeShards(out_); }, ErrorCode::kUsage),
              HasSubstr("parts 1 and 2 were made from different lists of files or differently "
                        "spelled paths (absolute and relative ones differ); run --shard 1/2 and "
                        "2/2 again with --resume"));
  Predict({in_}, {1, 2});
  EXPECT_EQ(MergeShards(out_).files, 3u);
}

TEST_F(ResumeTest, ShardsOfAnEarlierVersionAreMerged) {
  for (int part = 1; part <= 2; ++part) Predict({in_}, {part, 2});
  const fs::path journal = JournalPath(out_, "-1-of-2");
  std::string text = ReadTextFile(journal);
  text.replace(text.find("inputs_digest"), 13, "inputs_unknown");
  WriteFileAtomically(journal, text);
  EXPECT_EQ(MergeShards(out_).files, 3u);
}

TEST_F(ResumeTest, MergesSingleShard) {
  Predict({in_}, ParseShard("1/1"));
  EXPECT_TRUE(fs::exists(out_ / "results-1-of-1.csv"));
  EXPECT_EQ(MergeShards(out_).files, 3u);
}

TEST_F(ResumeTest, RemovesPartialObjectsOfKilledRun) {
  Mammogram mammogram = DrawHalfEllipse();
  mammogram.metadata.bits = 12;
  mammogram.metadata.study_uid = "1.2.3";
  mammogram.metadata.sop_uid = "1.2.3.1";
  WriteDicomMammogram(folder_ / "one/a.dcm", mammogram, {});
  const fs::path objects = ExamObjectsFolder(out_, "1.2.3");
  WriteFileAtomically(objects / "sc.dcm.6660-22.tmp", std::string_view("half"));
  WriteFileAtomically(objects / "own.tmp", std::string_view("of the user"));
  BatchOptions options;
  options.output = out_;
  options.formats = {ResultFormat::kSr};
  const auto items = CollectImages({folder_ / "one"}, out_).items;
  RunBatch(Analyzer(backend_, {}), items, options);
  EXPECT_TRUE(fs::exists(objects / "sr.dcm"));
  EXPECT_TRUE(fs::exists(objects / "own.tmp"));
  EXPECT_FALSE(fs::exists(objects / "sc.dcm.6660-22.tmp"));
}

}  // namespace
}  // namespace mhcnn
