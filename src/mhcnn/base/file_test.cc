#include "mhcnn/base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  const ScratchFolder dir;
  {
    AtomicFile file(dir / "x.txt");
    file.Write("half");
  }
  EXPECT_THAT(std::vector<fs::path>(fs::directory_iterator(dir.path()), {}), IsEmpty());
  WriteFileAtomically(dir / "x.txt", std::string_view("whole"));
  EXPECT_EQ(ReadTextFile(dir / "x.txt"), "whole");
}

TEST(AtomicFile, RemovesTemporariesOfNamedFilesOnly) {
  const ScratchFolder dir;
  for (const char* name : {"a.png", "a.png.12-3.tmp", "b.png.12-4.tmp", "a.png.tmp"}) {
    WriteFileAtomically(dir / name, std::string_view("x"));
  }
  RemoveStaleTemporaries({dir / "a.png", dir / "c.png", dir / "none/d.png"});
  EXPECT_TRUE(fs::exists(dir / "a.png"));
  EXPECT_FALSE(fs::exists(dir / "a.png.12-3.tmp"));
  EXPECT_TRUE(fs::exists(dir / "b.png.12-4.tmp"));
  EXPECT_TRUE(fs::exists(dir / "a.png.tmp"));
}

TEST(AtomicFile, RefusesToReplaceDeviceOrFolder) {
  EXPECT_THAT(ErrorMessage([] { AtomicFile file("/dev/null"); }, ErrorCode::kUsage),
              HasSubstr("/dev/null: is not a regular file"));
  EXPECT_THAT(ErrorMessage([] { AtomicFile file(fs::temp_directory_path()); }, ErrorCode::kUsage),
              HasSubstr("is not a regular file"));
}

TEST(AtomicFile, FailedWriteLeavesNothing) {
  const ScratchFolder dir;
  // A file-size limit makes write() fail half-way, as a full disk does.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 1000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto message = ErrorMessage(
      [&] { WriteFileAtomically(dir / "x.txt", std::string_view(std::string(5000, 'x'))); },
      ErrorCode::kIo);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_THAT(message, HasSubstr("x.txt: cannot be written"));
  EXPECT_THAT(std::vector<fs::path>(fs::directory_iterator(dir.path()), {}), IsEmpty());
}

TEST(Files, NamesMissingAndLargeFiles) {
  EXPECT_THAT(ErrorMessage([] { ReadFile("/no/such/file"); }, ErrorCode::kNotFound),
              HasSubstr("/no/such/file"));
  const ScratchFolder folder;
  const fs::path path = folder / "large.bin";
  WriteFileAtomically(path, std::string_view("0123456789"));
  EXPECT_THAT(ErrorMessage([&] { ReadFile(path, 9); }, ErrorCode::kLimit), HasSubstr("limit of 9"));
}

}  // namespace
}  // namespace mhcnn
