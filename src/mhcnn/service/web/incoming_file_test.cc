#include "mhcnn/service/web/incoming_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing_support::ScratchFolder;
using testing_support::ThrownCode;

TEST(IncomingFile, HandsOnWhatWasWritten) {
  const ScratchFolder folder;
  fs::path path;
  {
    IncomingFile file(folder / "a");
    file.Write("one ");
    file.Write("");
    file.Write(std::string("two\0", 4));
    EXPECT_EQ(file.bytes(), 8u);
    EXPECT_EQ(file.path(), folder / "a");
    path = file.ReleaseFile();
  }
  EXPECT_EQ(path, folder / "a");
  EXPECT_EQ(ReadTextFile(path), std::string("one two\0", 8));
}

TEST(IncomingFile, LeavesNothingUnlessHandedOn) {
  const ScratchFolder folder;
  {
    IncomingFile file(folder / "a");
    file.Write("part of an object");
    EXPECT_TRUE(fs::exists(folder / "a"));
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(IncomingFile, IsOfItsUserAlone) {
  const ScratchFolder folder;
  const IncomingFile file(folder / "a");
  struct stat status {};
  ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(IncomingFile, RefusesFileThatIsThereAndKeepsIt) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "a", std::string_view("before"));
  EXPECT_EQ(ThrownCode([&] { IncomingFile file(folder / "a"); }), ErrorCode::kIo);
  EXPECT_EQ(ReadTextFile(folder / "a"), "before");
  EXPECT_EQ(ThrownCode([&] { IncomingFile file(folder / "none" / "a"); }), ErrorCode::kIo);
}

/// Writes beyond the largest size that a file of this process may have. Exits 0 where that is
/// Error(kIo) and the file is gone.
[[noreturn]] void WriteBeyondLimit(const fs::path& path) {
  const rlimit limit{4, 4};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, SIG_IGN);
  bool refused = false;
  {
    IncomingFile file(path);
    try {
      file.Write("12345678");
    } catch (const Error& e) {
      refused = e.code() == ErrorCode::kIo && file.bytes() == 0;
    }
  }
  std::_Exit(refused && !fs::exists(path) ? 0 : 1);
}

TEST(IncomingFileDeathTest, ReportsWriteThatFails) {
  const ScratchFolder folder;
  EXPECT_EXIT(WriteBeyondLimit(folder / "a"), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace mhcnn
