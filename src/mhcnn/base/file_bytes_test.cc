#include "mhcnn/base/file_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;
using testing_support::ThrownCode;

std::string Text(const FileBytes& file) {
  return file.Read([](auto bytes) { return std::string(bytes.begin(), bytes.end()); });
}

/// Returns the sum of all bytes. It reads each page.
std::uint64_t Sum(const FileBytes& file) {
  return file.Read(
      [](auto bytes) { return std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0}); });
}

void ExpectCutShort(const FileBytes& file) {
  EXPECT_THAT(ErrorMessage([&] { Sum(file); }, ErrorCode::kIo), HasSubstr("was cut short"));
}

/// Writes `bytes` bytes of the value 1.
void WriteOnes(const std::filesystem::path& path, std::size_t bytes) {
  WriteFileAtomically(path, std::string(bytes, '\1'));
}

TEST(FileBytes, FallsBackToReadWithoutMmap) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "a", std::string_view("some bytes"));
  EXPECT_EQ(Text(FileBytes(folder / "a")), "some bytes");
  EXPECT_EQ(Text(FileBytes(folder / "a", FileBytes::How::kRead)), "some bytes");
  EXPECT_EQ(ThrownCode([&] { FileBytes{folder / "absent"}; }), ErrorCode::kNotFound);
  EXPECT_EQ(ThrownCode([&] { FileBytes{folder.path()}; }), ErrorCode::kUsage);
}

TEST(FileBytes, TruncationDuringReadThrowsInsteadOfCrashing) {
  const ScratchFolder folder;
  constexpr std::size_t kBytes = 1 << 20;
  for (const char* name : {"a", "b"}) WriteOnes(folder / name, kBytes);
  const FileBytes cut(folder / "a"), whole(folder / "b");
  EXPECT_EQ(Sum(cut), kBytes);
  std::filesystem::resize_file(folder / "a", 10000);
  ExpectCutShort(cut);
  EXPECT_EQ(Sum(whole), kBytes);
}

TEST(FileBytes, DetectsTruncationWithinPage) {
  const ScratchFolder folder;
  WriteOnes(folder / "a", 100);
  const FileBytes file(folder / "a");
  std::filesystem::resize_file(folder / "a", 50);
  ExpectCutShort(file);
}

TEST(FileBytes, TruncationErrorTakesPrecedenceOverParseError) {
  const ScratchFolder folder;
  WriteOnes(folder / "a", 100000);
  const FileBytes file(folder / "a");
  const auto refuse = [](auto bytes) {
    if (bytes.back() == 0) throw Error(ErrorCode::kCorrupt, "ends with a zero");
  };
  file.Read(refuse);
  std::filesystem::resize_file(folder / "a", 1);
  EXPECT_THAT(ErrorMessage([&] { file.Read(refuse); }, ErrorCode::kIo), HasSubstr("was cut short"));
}

TEST(FileBytes, MoreFilesThanCanBeGuardedAreRead) {
  const ScratchFolder folder;
  WriteOnes(folder / "a", 100000);
  std::vector<std::unique_ptr<FileBytes>> files;
  for (int i = 0; i < 300; ++i) files.push_back(std::make_unique<FileBytes>(folder / "a"));
  std::filesystem::resize_file(folder / "a", 0);
  ExpectCutShort(*files.front());
  EXPECT_EQ(Sum(*files.back()), 100000U);
  files.erase(files.begin(), files.begin() + 256);
  WriteOnes(folder / "b", 100000);
  const FileBytes again(folder / "b");
  std::filesystem::resize_file(folder / "b", 0);
  ExpectCutShort(again);
}

TEST(FileBytesDeathTest, ForeignSigbusStillTerminatesProcess) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "a", std::string_view("x"));
  const FileBytes any(folder / "a");
  EXPECT_DEATH(::raise(SIGBUS), "");
}

}  // namespace
}  // namespace mhcnn
