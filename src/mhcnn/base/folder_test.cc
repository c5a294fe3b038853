#include "mhcnn/base/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

TEST(Folder, NamesObstacles) {
  const ScratchFolder dir;
  MakeFolder(dir / "a/b");
  EXPECT_TRUE(fs::is_directory(dir / "a/b"));
  MakeFolder(dir / "a/b/");
  MakeFolder("");
  WriteFileAtomically(dir / "file", std::string_view("x"));
  EXPECT_THAT(ErrorMessage([&] { MakeFolder(dir / "file/c/d"); }, ErrorCode::kUsage),
              HasSubstr("/file: is a file, but a folder is needed; name"));
  EXPECT_THAT(ErrorMessage([&] { AtomicFile file(dir / "file/c/x.txt"); }, ErrorCode::kUsage),
              HasSubstr("/file: is a file"));
  fs::create_symlink("nowhere/at/all", dir / "link");
  EXPECT_THAT(ErrorMessage([&] { MakeFolder(dir / "link/c"); }, ErrorCode::kUsage),
              HasSubstr("/link: is a link to a folder that does not exist"));
  EXPECT_THAT(ErrorMessage([&] { MakeFolder(dir / std::string(300, 'x')); }, ErrorCode::kLimit),
              HasSubstr("the name is too long"));
  // Nobody may write there.
  EXPECT_THAT(ErrorMessage([] { MakeFolder("/proc/of-mhcnn"); }, ErrorCode::kIo),
              HasSubstr("/proc: the folder \"of-mhcnn\" cannot be made in this folder: "));
  EXPECT_THAT(ErrorMessage([] { ThrowCannotWrite("out/x.csv", EROFS); }, ErrorCode::kIo),
              HasSubstr("out: the file \"x.csv\" cannot be written in this folder: its disk is "
                        "read-only; name a folder on another disk"));
}

TEST(ShortenFileName, KeepsShortNamesAndDistinguishesLongOnes) {
  EXPECT_EQ(ShortenFileName("IM0001"), "IM0001");
  EXPECT_EQ(ShortenFileName(std::string(200, 'a')), std::string(200, 'a'));
  const std::string one = ShortenFileName(std::string(240, 'a') + "1"),
                    two = ShortenFileName(std::string(240, 'a') + "2");
  EXPECT_EQ(one.size(), 200U);
  EXPECT_NE(one, two);
  EXPECT_EQ(one, ShortenFileName(std::string(240, 'a') + "1"));
  // Two bytes a character: none is cut in half.
  std::string umlauts;
  for (int i = 0; i < 120; ++i) umlauts += "\xC3\xA4";
  const std::string cut = ShortenFileName(umlauts);
  EXPECT_EQ(cut[cut.find('-') - 1], '\xA4');
}

}  // namespace
}  // namespace mhcnn
