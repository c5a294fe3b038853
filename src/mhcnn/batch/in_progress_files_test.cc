#include "mhcnn/batch/in_progress_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <thread>

#include "mhcnn/base/file.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/batch/own_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

class BegunFilesTest : public ::testing::Test {
 protected:
  BegunFilesTest() {
    for (const char* name : {"a", "M\xFCller"}) {
      WriteFileAtomically(folder_ / name, std::string_view("content"));
      items_.push_back({folder_ / name, "", name});
    }
  }
  /// A run that begins one or two items, is done with the others, and is killed.
  void KilledRun(const std::vector<BatchItem>& at_hand, const std::vector<BatchItem>& done = {}) {
    const auto run = [&] {
      InProgressFiles files(path_, true);
      for (const auto& item : done) files.Begin(item, ReadFileStamp(item)).Done();
      const auto first = files.Begin(at_hand.front(), ReadFileStamp(at_hand.front()));
      if (at_hand.size() == 1) std::_Exit(7);
      const auto last = files.Begin(at_hand.back(), ReadFileStamp(at_hand.back()));
      std::_Exit(7);
    };
    EXPECT_EXIT(run(), ::testing::ExitedWithCode(7), "");
  }
  const testing_support::ScratchFolder folder_;
  const fs::path path_ = folder_ / "results.begun";
  std::vector<BatchItem> items_;
};
using BegunFilesDeathTest = BegunFilesTest;

TEST_F(BegunFilesDeathTest, CountsTheKilledRunsInWhichAFileWasBegun) {
  KilledRun(items_);
  EXPECT_TRUE(IsRunTable(path_)) << "no input of another run";
  for (const auto& item : items_) EXPECT_EQ(InProgressFiles(path_, true).Kills(item), 1);
  KilledRun({items_[1]}, {items_[0]});
  const InProgressFiles files(path_, true);
  EXPECT_EQ(files.Kills(items_[0]), 0);
  EXPECT_EQ(files.Kills(items_[1]), 2);
}

TEST_F(BegunFilesDeathTest, AFileThatChangedIsBegunAgain) {
  KilledRun(items_);
  WriteFileAtomically(items_[0].path, std::string_view("longer content"));
  const InProgressFiles files(path_, true);
  EXPECT_EQ(files.Kills(items_[0]), 0);
  EXPECT_EQ(files.Kills(items_[1]), 1);
}

TEST_F(BegunFilesDeathTest, ARunThatIsNotResumedForgetsTheNotes) {
  KilledRun(items_);
  EXPECT_EQ(InProgressFiles(path_, false).Kills(items_[0]), 0);
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(BegunFilesDeathTest, NormalExitIsNotCountedAsKill) {
  KilledRun({items_[0]});
  {
    InProgressFiles files(path_, true);
    const auto stopped = files.Begin(items_[0], ReadFileStamp(items_[0]));
    const auto also = files.Begin(items_[1], ReadFileStamp(items_[1]));
  }
  const InProgressFiles files(path_, true);
  EXPECT_EQ(files.Kills(items_[0]), 1);
  EXPECT_EQ(files.Kills(items_[1]), 0);
}

TEST_F(BegunFilesDeathTest, KillAfterTerminationSignalIsNotCounted) {
  KilledRun({items_[0]});
  const auto run = [&] {
    CatchInterrupts();
    InProgressFiles files(path_, true);
    const auto first = files.Begin(items_[0], ReadFileStamp(items_[0]));
    const auto last = files.Begin(items_[1], ReadFileStamp(items_[1]));
    std::raise(SIGTERM);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    std::raise(SIGKILL);
  };
  EXPECT_EXIT(run(), ::testing::KilledBySignal(SIGKILL), "");
  const InProgressFiles files(path_, true);
  EXPECT_EQ(files.Kills(items_[0]), 1);
  EXPECT_EQ(files.Kills(items_[1]), 0);
}

TEST_F(BegunFilesDeathTest, AFinishedBatchKeepsTheNotesOfFilesThatAreNotBegunAgain) {
  KilledRun({items_[0]});
  KilledRun({items_[0], items_[1]});
  InProgressFiles(path_, true).Finish();
  const InProgressFiles files(path_, true);
  EXPECT_EQ(files.Kills(items_[0]), 2);
  EXPECT_EQ(files.Kills(items_[1]), 0);
}

TEST_F(BegunFilesTest, NoFileIsLeftWhenAllFilesAreDone) {
  {
    InProgressFiles files(path_, true);
    files.Begin(items_[0], ReadFileStamp(items_[0])).Done();
    EXPECT_TRUE(fs::exists(path_));
  }
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(BegunFilesTest, IgnoresTruncatedLines) {
  WriteFileAtomically(path_, std::string_view("{\"schema\":\"mhcnn-begun/1\"}\n"
                                              "{\"bytes\":7,\"file\":\"/a\",\"ki\n\nnull\n"
                                              "{\"file\":\"/a\"}\n{\"file\":\"/a\""));
  EXPECT_EQ(InProgressFiles(path_, true).Kills(items_[0]), 0);
  EXPECT_FALSE(fs::exists(path_));
}

}  // namespace
}  // namespace mhcnn
