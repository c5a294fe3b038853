#include "mhcnn/base/packed_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing_support::ScratchFolder;
using testing_support::ThrownCode;

std::vector<std::uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

void Gzip(const fs::path& path, const std::string& content) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
  gzclose(file);
}

TEST(PackedFile, UnpacksGzipAndComparesChecksum) {
  std::string content;
  for (int i = 0; i < 100'000; ++i) content += static_cast<char>(std::int64_t{i} * i % 251);
  const ScratchFolder folder;
  const fs::path packed = folder / "a.gz";
  Gzip(packed, content);
  const auto memory = Unpack(packed);
  EXPECT_EQ(ReadFile(memory->path()), Bytes(content));
  EXPECT_EQ(ReadUnpackedHead(packed, 100), Bytes(content.substr(0, 100)));

  auto bytes = ReadFile(packed);
  auto damaged = bytes;
  damaged[damaged.size() - 6] ^= 1;  // of the checksum
  WriteFileAtomically(packed, damaged);
  EXPECT_EQ(ThrownCode([&] { Unpack(packed); }), ErrorCode::kCorrupt);
  bytes.resize(bytes.size() / 2);
  WriteFileAtomically(packed, bytes);
  EXPECT_EQ(ThrownCode([&] { Unpack(packed); }), ErrorCode::kCorrupt);
}

TEST(PackedFile, NamesReasonOfUnreadableFile) {
  const ScratchFolder folder;
  fs::create_symlink("nowhere", folder / "dangling");
  fs::create_symlink("itself", folder / "itself");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(ThrownCode([&] { ReadFileHead(folder / "dangling", 1); }), ErrorCode::kNotFound);
  EXPECT_EQ(ThrownCode([&] { ReadFileHead(folder / "itself", 1); }), ErrorCode::kIo);
  EXPECT_EQ(ThrownCode([&] { ReadFileHead(folder / "pipe", 1); }), ErrorCode::kUnsupported);
  EXPECT_EQ(ThrownCode([&] { ReadFileHead(folder.path(), 1); }), ErrorCode::kUsage);
  WriteFileAtomically(folder / "two", std::string_view("ab"));
  EXPECT_EQ(ReadFileHead(folder / "two", 5), Bytes("ab"));
}

}  // namespace
}  // namespace mhcnn
