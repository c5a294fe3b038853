#include "mhcnn/service/object_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <set>

#include "mhcnn/base/file.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing_support::ScratchFolder;
using testing_support::ThrownCode;

fs::path Receive(const ObjectFolder& folder, const std::string& content) {
  const fs::path path = folder.MakeIncomingPath();
  std::ofstream(path) << content;
  return path;
}

TEST(ObjectFolder, MakesFoldersThatOthersCannotRead) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch / "a/objects");
  for (const char* part : {"", "incoming", "work", "received"}) {
    struct stat stat {};
    ASSERT_EQ(::stat((folder.root() / part).c_str(), &stat), 0) << part;
    EXPECT_EQ(stat.st_mode & 0777, 0700U) << part;
  }
}

TEST(ObjectFolder, NamesOfIncomingFilesDifferAfterAFork) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch.path());
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string name = folder.MakeIncomingPath().filename().string();
    const bool sent = ::write(ends[1], name.data(), name.size()) > 0;
    ::_exit(sent ? 0 : 1);
  }
  std::set<std::string> names;
  for (int i = 0; i < 100; ++i) names.insert(folder.MakeIncomingPath().filename().string());
  EXPECT_EQ(names.size(), 100U);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  char name[256] = {};
  ASSERT_GT(::read(ends[0], name, sizeof name - 1), 0);
  EXPECT_EQ(names.count(name), 0U);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(ObjectFolder, KeepsAFileUnderItsDigest) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch.path());
  const std::string digest = Sha256Hex(std::string_view("content"));
  const fs::path incoming = Receive(folder, "content");
  const fs::path file = folder.Keep(incoming, digest);
  EXPECT_EQ(file,
            "received/" + digest.substr(0, 2) + "/" + digest.substr(2, 2) + "/" + digest + ".dcm");
  EXPECT_EQ(ReadTextFile(folder.Path(file)), "content");
  EXPECT_FALSE(fs::exists(incoming));
  const fs::path again = Receive(folder, "content");
  EXPECT_EQ(folder.Keep(again, digest), file);
  EXPECT_FALSE(fs::exists(again));
  EXPECT_EQ(ReadTextFile(folder.Path(file)), "content");
}

TEST(ObjectFolder, RefusesWhatIsNoDigestAndWhatIsNotThere) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch.path());
  const fs::path incoming = Receive(folder, "x");
  EXPECT_EQ(ThrownCode([&] { folder.Keep(incoming, "../../etc/passwd"); }), ErrorCode::kInternal);
  EXPECT_TRUE(fs::exists(incoming));
  EXPECT_EQ(ThrownCode([&] { folder.Keep(folder.MakeIncomingPath(), std::string(64, 'a')); }),
            ErrorCode::kIo);
}

TEST(ObjectFolder, RefusesPathsThatLeadOutside) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch.path());
  for (const char* path : {"/etc/passwd", "../x", "received/../../x", ""}) {
    EXPECT_EQ(ThrownCode([&] { (void)folder.Path(path); }), ErrorCode::kCorrupt) << path;
  }
  EXPECT_EQ(folder.Path("received/a..b"), folder.root() / "received/a..b");
}

TEST(ObjectFolder, RemovesAFileAndItsEmptyFolders) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch.path());
  const std::string one = "aa" + std::string(62, '1'), two = "aa" + std::string(62, '2');
  const fs::path first = folder.Keep(Receive(folder, "1"), one);
  const fs::path second = folder.Keep(Receive(folder, "2"), two);
  folder.Remove(first);
  EXPECT_FALSE(fs::exists(folder.Path(first)));
  EXPECT_FALSE(fs::exists(folder.Path(first).parent_path()));
  EXPECT_TRUE(fs::exists(folder.Path(second)));
  folder.Remove(second);
  folder.Remove(second);  // gone already
  EXPECT_FALSE(fs::exists(folder.root() / "received/aa"));
  EXPECT_TRUE(fs::exists(folder.root() / "received"));
}

TEST(ObjectFolder, KeepsWhileAnotherProcessRemoves) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch.path());
  const std::string digest(64, 'b');
  const pid_t child = ::fork();
  if (child == 0) {
    for (int i = 0; i < 300; ++i) folder.Remove("received/bb/bb/" + digest + ".dcm");
    ::_exit(0);
  }
  for (int i = 0; i < 100; ++i) EXPECT_NO_THROW(folder.Keep(Receive(folder, "x"), digest));
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(ObjectFolder, RemovesWhatKilledProcessesLeftADayAgo) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch.path());
  const fs::path old = Receive(folder, "old"), fresh = Receive(folder, "fresh");
  const fs::path job = folder.root() / "work/job";
  fs::create_directories(job);
  std::ofstream(job / "part") << "x";
  const auto before = fs::file_time_type::clock::now() - std::chrono::hours(25);
  fs::last_write_time(old, before);
  fs::last_write_time(job, before);
  folder.RemoveStale();
  EXPECT_FALSE(fs::exists(old));
  EXPECT_FALSE(fs::exists(job));
  EXPECT_TRUE(fs::exists(fresh));
}

TEST(ObjectFolder, KnowsTheFreeSpace) {
  const ScratchFolder scratch;
  const ObjectFolder folder(scratch.path());
  const auto free = fs::space(scratch.path()).available;
  EXPECT_NEAR(static_cast<double>(folder.Free()), static_cast<double>(free), 1e9);
}

}  // namespace
}  // namespace mhcnn
