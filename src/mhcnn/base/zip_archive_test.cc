#include "mhcnn/base/zip_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/zip_files.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ThrownCode;

std::string Text(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

class ZipArchiveTest : public ::testing::Test {
 protected:
  std::filesystem::path Zip(const std::map<std::string, std::string>& members,
                            const char* password = nullptr) {
    EXPECT_TRUE(WriteZip(folder_ / "a.zip", members, password));
    return folder_ / "a.zip";
  }
  testing_support::ScratchFolder folder_;
};

TEST_F(ZipArchiveTest, ListsFilesSortedAndReadsEachWhole) {
  const std::string large(100'000, 'x');
  const ZipArchive archive(Zip({{"b/two", large}, {"a", "one"}, {"empty", ""}}));
  EXPECT_THAT(archive.members(), ElementsAre("a", "b/two", "empty"));
  EXPECT_EQ(Text(archive.Read("a")), "one");
  EXPECT_EQ(Text(archive.Read("b/two")), large);
  EXPECT_EQ(Text(archive.Read("empty")), "");
  EXPECT_EQ(Text(*archive.Head("b/two", 3)), "xxx");
  EXPECT_EQ(Text(*archive.Head("a", 100)), "one");
}

// The bytes that Python's zipfile writes, laid out as APPNOTE 4.3 says.
TEST_F(ZipArchiveTest, ReadsStoredMemberOfAnotherProgram) {
  const std::string bytes(
      "PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00!"
      "\x00\x86\xa6\x10\x36\x05\x00\x00\x00\x05\x00\x00"
      "\x00\x05\x00\x00\x00x."
      "txthelloPK\x01\x02\x14\x03\x14\x00\x00\x00\x00\x00\x00\x00!\x00\x86"
      "\xa6\x10\x36\x05\x00\x00\x00\x05\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00"
      "\x00\x00\x00\x00"
      "\x00\x80\x01\x00\x00\x00\x00x."
      "txtPK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x33\x00\x00\x00"
      "\x28\x00\x00\x00\x00\x00",
      40 + 51 + 22);
  WriteFileAtomically(folder_ / "py.zip", bytes);
  const ZipArchive archive(folder_ / "py.zip");
  EXPECT_THAT(archive.members(), ElementsAre("x.txt"));
  EXPECT_EQ(Text(archive.Read("x.txt")), "hello");
}

TEST_F(ZipArchiveTest, RefusesEncryptedAndMissingMembers) {
  const ZipArchive archive(Zip({{"a", "secret"}}, "word"));
  EXPECT_EQ(archive.Head("a", 3), std::nullopt);
  EXPECT_THAT(ErrorMessage([&] { archive.Read("a"); }, ErrorCode::kUnsupported),
              HasSubstr("a.zip/a: is encrypted"));
  EXPECT_EQ(ThrownCode([&] { archive.Read("b"); }), ErrorCode::kNotFound);
  EXPECT_EQ(archive.Head("b", 3), std::nullopt);
}

TEST_F(ZipArchiveTest, RejectsTruncatedAndModifiedArchives) {
  const auto path = Zip({{"a", "some content that is longer than nothing"}});
  const std::string whole = ReadTextFile(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    WriteFileAtomically(path, std::string_view(whole).substr(0, size));
    EXPECT_THROW(ZipArchive(path).Read("a"), Error) << size;
  }
  for (std::size_t at = 31; at < 41; ++at) {  // within the packed content of the one member
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    WriteFileAtomically(path, changed);
    EXPECT_EQ(ThrownCode([&] { ZipArchive(path).Read("a"); }), ErrorCode::kCorrupt) << at;
  }
  EXPECT_EQ(ThrownCode([&] { ZipArchive(folder_ / "none.zip"); }), ErrorCode::kNotFound);
}

TEST_F(ZipArchiveTest, RefusesArchiveBombBeforeUnpacking) {
  const std::filesystem::path path = Zip({{"bomb.dcm", std::string(40 << 20, '\0')}});
  // Zeros deflate by 1028: within the limit. Claim more.
  const ZipArchive archive(path);
  EXPECT_EQ(archive.Read("bomb.dcm").size(), std::size_t{40} << 20);
  auto bytes = ReadFile(path);
  const std::string mark = "PK\x01\x02";
  const auto central = std::search(bytes.begin(), bytes.end(), mark.begin(), mark.end());
  ASSERT_NE(central, bytes.end());
  for (int i = 0; i < 4; ++i) *(central + 24 + i) = i == 3 ? 0x7F : 0xFF;  // 2 GiB
  WriteFileAtomically(path, bytes);
  try {
    ZipArchive(path).Read("bomb.dcm");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kLimit) << e.what();
  }
}

TEST_F(ZipArchiveTest, DamagedZipFilesAreRefused) {
  const std::filesystem::path path = Zip({{"a.png", std::string(5000, 'x') + "yz"}});
  auto bytes = ReadFile(path);
  bytes[50] ^= 0x55;
  WriteFileAtomically(path, bytes);
  EXPECT_THROW(ZipArchive(path).Read("a.png"), Error);
  bytes.resize(20);
  WriteFileAtomically(path, bytes);
  EXPECT_THROW(ZipArchive{path}, Error);
}

TEST(ZipName, ExtensionInAnyCase) {
  EXPECT_TRUE(HasZipExtension("a/b.zip"));
  EXPECT_TRUE(HasZipExtension("B.ZIP"));
  EXPECT_FALSE(HasZipExtension("b.zip.txt"));
  EXPECT_FALSE(HasZipExtension("zip"));
}

TEST_F(ZipArchiveTest, UnpacksAMemberInPieces) {
  std::string large(200'000, 'x');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * i % 251);
  const ZipArchive archive(Zip({{"a", large}}));
  std::string together;
  std::size_t largest = 0;
  archive.Unpack("a", [&](std::string_view piece) {
    together += piece;
    largest = std::max(largest, piece.size());
  });
  EXPECT_EQ(together, large);
  EXPECT_LE(largest, 65'536u);
}

TEST_F(ZipArchiveTest, ValidatesDirectoryBeforeReadingIt) {
  const auto path = Zip({{"1", "x"}, {"2", "x"}, {"3", "x"}});
  CheckZipDirectory(path, {3, 200});
  EXPECT_EQ(ThrownCode([&] { CheckZipDirectory(path, {2, 200}); }), ErrorCode::kLimit);
  EXPECT_EQ(ThrownCode([&] { CheckZipDirectory(path, {3, 100}); }), ErrorCode::kLimit);
  // The record for more than 65,535 members, which a locator leads to (APPNOTE 4.3.14, 4.3.15).
  std::string large("PK\x06\x06", 4);
  large += std::string(20, '\0') + std::string("\0\0\0\1\0\0\0\0", 8) +
           std::string("\0\0\0\1\0\0\0\0", 8) + std::string(16, '\0');
  large += "PK\x06\x07" + std::string(16, '\0') + "PK\x05\x06" + std::string(4, '\0') +
           std::string(12, '\xff') + std::string(2, '\0');
  WriteFileAtomically(folder_ / "large.zip", large);
  EXPECT_EQ(ThrownCode([&] { CheckZipDirectory(folder_ / "large.zip"); }), ErrorCode::kLimit);
  WriteFileAtomically(folder_ / "none.zip", std::string("text"));
  CheckZipDirectory(folder_ / "none.zip");
}

}  // namespace
}  // namespace mhcnn
