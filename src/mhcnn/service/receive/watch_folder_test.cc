#include "mhcnn/service/receive/watch_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/header_changes.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using testing_support::ScratchFolder;
using testing_support::Set;

class WatchTest : public ::testing::Test {
 protected:
  WatchTest() {
    config_.retention.reserve_bytes = 0;
    config_.watch.settle = seconds(2);
    config_.store.url = "sqlite:" + (scratch_ / "node.db").string();
  }
  void Drop(const std::string& name, const std::string& uid) {
    const fs::path path = drop_ / name;
    fs::create_directories(path.parent_path());
    testing_support::WriteChanged(path, [&](DcmDataset& d) {
      Set(DCM_SOPInstanceUID, uid)(d);
      Set(DCM_StudyInstanceUID, "1.2")(d);
    });
  }

  ScratchFolder scratch_;
  fs::path drop_ = scratch_ / "drop";
  ServiceConfig config_;
  ObjectFolder objects_{scratch_ / "objects"};
  JobStore store_{
      {.url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}}};
  Intake intake_{store_, objects_, config_};
  WatchFolder folder_{drop_, config_, objects_, intake_};
  WatchFolder::Clock::time_point now_ = WatchFolder::Clock::now();
};

TEST_F(WatchTest, TakesFilesThatSettled) {
  Drop("a.dcm", "1.2.1");
  Drop("sub/folder/b", "1.2.2");
  EXPECT_EQ(folder_.Scan(now_).waiting, 2);
  EXPECT_EQ(folder_.Scan(now_ + seconds(1)).taken, 0);
  Drop("a.dcm", "1.2.3");  // it is written again
  std::ofstream(drop_ / "a.dcm", std::ios::app) << std::string(8, '\0');
  const auto counts = folder_.Scan(now_ + seconds(2));
  EXPECT_EQ(counts.taken, 1);
  EXPECT_EQ(counts.waiting, 1);
  EXPECT_FALSE(fs::exists(drop_ / "sub/folder/b"));
  const auto object = store_.objects().Find("1.2.2");
  ASSERT_TRUE(object.has_value());
  EXPECT_EQ(object->peer, "folder:drop");
  EXPECT_TRUE(fs::exists(objects_.Path(object->file)));
  EXPECT_EQ(folder_.Scan(now_ + seconds(4)).taken, 1);
  EXPECT_TRUE(store_.objects().Find("1.2.3").has_value());
  EXPECT_FALSE(store_.objects().Find("1.2.1").has_value());
  EXPECT_TRUE(fs::is_empty(objects_.root() / "incoming"));
}

TEST_F(WatchTest, MovesUnreadableFilesAway) {
  std::ofstream(drop_ / "text.dcm") << "no DICOM\n";
  fs::create_directories(drop_ / "sub");
  std::ofstream(drop_ / "sub/text.dcm") << "nor this\n";
  folder_.Scan(now_);
  EXPECT_EQ(folder_.Scan(now_ + seconds(3)).rejected, 2);
  int files = 0;
  for (const char* name : {"text.dcm", "text.dcm.2"}) {
    files += fs::exists(drop_ / "rejected" / name) ? 1 : 0;
    const std::string why = ReadTextFile(drop_ / "rejected" / (std::string(name) + ".txt"));
    EXPECT_EQ(why.rfind("Rejected: ", 0), 0U) << why;
  }
  EXPECT_EQ(files, 2);
  EXPECT_EQ(folder_.Scan(now_ + seconds(6)).waiting, 0) << "rejected/ is not searched";
}

TEST_F(WatchTest, FollowsNoLinksAndLeavesHiddenFiles) {
  const fs::path elsewhere = scratch_ / "elsewhere";
  fs::create_directories(elsewhere);
  testing_support::WriteChanged(elsewhere / "c.dcm", [](DcmDataset&) {});
  fs::create_symlink(elsewhere / "c.dcm", drop_ / "link.dcm");
  fs::create_directory_symlink(elsewhere, drop_ / "linked");
  Drop(".part", "1.2.1");
  folder_.Scan(now_);
  const auto counts = folder_.Scan(now_ + seconds(3));
  EXPECT_EQ(counts.taken + counts.rejected + counts.waiting, 0);
  EXPECT_TRUE(fs::exists(elsewhere / "c.dcm"));
  EXPECT_TRUE(fs::exists(drop_ / ".part"));
}

TEST_F(WatchTest, RefusesLargeFilesAndWaitsForRoom) {
  Drop("a.dcm", "1.2.1");
  folder_.Scan(now_);
  config_.retention.reserve_bytes = ~std::uint64_t{0};
  EXPECT_EQ(folder_.Scan(now_ + seconds(3)).waiting, 1);
  config_.retention.reserve_bytes = 0;
  EXPECT_EQ(folder_.Scan(now_ + seconds(4)).waiting, 1) << "not at once again";
  EXPECT_EQ(folder_.Scan(now_ + seconds(40)).taken, 1);
  config_.receive.max_object_bytes = 100;
  Drop("b.dcm", "1.2.2");
  folder_.Scan(now_ + seconds(50));
  EXPECT_EQ(folder_.Scan(now_ + seconds(53)).rejected, 1);
  EXPECT_TRUE(fs::exists(drop_ / "rejected/b.dcm"));
}

TEST_F(WatchTest, RunsUntilItIsStopped) {
  config_.objects = objects_.root();
  config_.watch.folders = {drop_};
  config_.watch.settle = std::chrono::milliseconds(100);
  Drop("a.dcm", "1.2.1");
  const pid_t child = ::fork();
  if (child == 0) ::_exit(RunWatch(config_));
  for (int i = 0; i < 200 && fs::exists(drop_ / "a.dcm"); ++i) ::usleep(50'000);
  EXPECT_FALSE(fs::exists(drop_ / "a.dcm"));
  ::kill(child, SIGTERM);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(store_.objects().Find("1.2.1").has_value());
}

}  // namespace
}  // namespace mhcnn
