#include "mhcnn/base/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <functional>
#include <numeric>

#include "mhcnn/base/companion.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/base/tar_archive.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

/// One entry of a ustar file, by POSIX 1003.1: a header of 512 bytes and the content in blocks.
std::string TarEntry(const std::string& name, const std::string& content) {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    header.replace(at, text.size(), text);
  };
  char size[12];
  std::snprintf(size, sizeof size, "%011zo", content.size());
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, size);
  put(136, "00000000000");
  put(148, "        ");
  put(156, "0");
  put(257, std::string("ustar\00000", 8));
  const unsigned sum = std::accumulate(
      header.begin(), header.end(), 0u,
      [](unsigned so_far, char c) { return so_far + static_cast<unsigned char>(c); });
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  put(148, std::string(text, 7) + ' ');
  return header + content + std::string((512 - content.size() % 512) % 512, '\0');
}

std::vector<std::uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

ErrorCode CodeOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.code();
  }
  return ErrorCode::kInternal;
}

class ArchiveTest : public ::testing::Test {
 protected:
  ArchiveTest() { fs::create_directories(folder_); }
  ~ArchiveTest() override { fs::remove_all(folder_); }
  fs::path Write(const std::string& name, std::string_view content) const {
    WriteFileAtomically(folder_ / name, content);
    return folder_ / name;
  }
  fs::path Gzip(const std::string& name, const std::string& content) const {
    const fs::path path = folder_ / name;
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
    gzclose(file);
    return path;
  }
  const fs::path folder_ =
      fs::path(::testing::TempDir()) / ("archive-" + std::to_string(::getpid()));
};

TEST_F(ArchiveTest, MembersOfATarFileAreReadInAnyOrder) {
  const std::string first(3000, 'a'), second = "second";
  const fs::path tar = Write("a.tar", TarEntry("z/first", first) + TarEntry("b", second) +
                                          TarEntry("b", "later") + std::string(1024, '\0'));
  const TarArchive archive(tar);
  EXPECT_THAT(archive.members(), ElementsAre("b", "z/first"));
  EXPECT_EQ(archive.Read("z/first"), Bytes(first));
  EXPECT_EQ(archive.Read("b"), Bytes("later"));  // of two of a name, the later one counts
  EXPECT_EQ(archive.Head("z/first", 4), Bytes("aaaa"));
  EXPECT_EQ(archive.problem(), "");
  EXPECT_EQ(CodeOf([&] { archive.Read("none"); }), ErrorCode::kNotFound);
}

TEST_F(ArchiveTest, ATarFileThatIsCutShortGivesWhatIsThereAndSaysSo) {
  std::string content = TarEntry("a", "whole") + TarEntry("b", std::string(5000, 'b'));
  content.resize(content.size() - 3000);
  const TarArchive archive(Write("cut.tar", content));
  EXPECT_EQ(archive.Read("a"), Bytes("whole"));
  EXPECT_NE(archive.problem(), "");
  EXPECT_EQ(CodeOf([&] { archive.Read("b"); }), ErrorCode::kCorrupt);
}

TEST_F(ArchiveTest, TheKindIsToldByTheContent) {
  const auto tar = Bytes(TarEntry("a", ""));
  EXPECT_EQ(SniffArchive(tar), ArchiveKind::kTar);
  auto damaged = tar;
  damaged[3] ^= 1;
  EXPECT_EQ(SniffArchive(damaged), ArchiveKind::kNone);
  EXPECT_EQ(SniffArchive(Bytes("PK\3\4rest")), ArchiveKind::kZip);
  EXPECT_EQ(SniffArchive(std::vector<std::uint8_t>(512)), ArchiveKind::kNone);
  EXPECT_EQ(UnreadArchiveName(Bytes("Rar!\x1A\x07..."), "noname"), "a RAR archive");
  EXPECT_EQ(UnreadArchiveName({}, "disc.ISO"), "a disc image");
  EXPECT_EQ(UnreadArchiveName(Bytes("MSCF"), "1.2.840"), "");
  EXPECT_EQ(UnpackedName("a/b.dcm.GZ"), "a/b.dcm");
  EXPECT_EQ(UnpackedName("a/b.tgz"), "a/b.tar");
  EXPECT_FALSE(NameClaimsArchive("1.2.840.7"));
}

TEST_F(ArchiveTest, GzipIsUnpackedAndItsChecksumCompared) {
  std::string content;
  for (int i = 0; i < 100'000; ++i) content += static_cast<char>(std::int64_t{i} * i % 251);
  const fs::path packed = Gzip("a.gz", content);
  const auto memory = Unpack(packed);
  EXPECT_EQ(ReadFile(memory->path()), Bytes(content));
  EXPECT_EQ(UnpackedHead(packed, 100), Bytes(content.substr(0, 100)));

  auto bytes = ReadFile(packed);
  auto damaged = bytes;
  damaged[damaged.size() - 6] ^= 1;  // of the checksum
  WriteFileAtomically(packed, damaged);
  EXPECT_EQ(CodeOf([&] { Unpack(packed); }), ErrorCode::kCorrupt);
  bytes.resize(bytes.size() / 2);
  WriteFileAtomically(packed, bytes);
  EXPECT_EQ(CodeOf([&] { Unpack(packed); }), ErrorCode::kCorrupt);
}

TEST_F(ArchiveTest, AFileThatCannotBeReadSaysWhy) {
  fs::create_symlink("nowhere", folder_ / "dangling");
  fs::create_symlink("itself", folder_ / "itself");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(CodeOf([&] { FileHead(folder_ / "dangling", 1); }), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf([&] { FileHead(folder_ / "itself", 1); }), ErrorCode::kIo);
  EXPECT_EQ(CodeOf([&] { FileHead(folder_ / "pipe", 1); }), ErrorCode::kUnsupported);
  EXPECT_EQ(CodeOf([&] { FileHead(folder_, 1); }), ErrorCode::kUsage);
  EXPECT_EQ(FileHead(Write("two", "ab"), 5), Bytes("ab"));
}

TEST(Companion, IsToldByNameAndFolder) {
  EXPECT_EQ(CompanionByName("a/Thumbs.DB"), Companion::kFile);
  EXPECT_EQ(CompanionByName("@eaDir/a.png"), Companion::kFile);
  EXPECT_EQ(CompanionByName("a/._b.dcm"), Companion::kAppleDouble);
  EXPECT_EQ(CompanionByName("__MACOSX/a/b"), Companion::kAppleDouble);
  EXPECT_EQ(CompanionByName("a/.b.dcm"), Companion::kNo);
}

}  // namespace
}  // namespace mhcnn
