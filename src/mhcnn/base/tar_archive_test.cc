#include "mhcnn/base/tar_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/archive.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/tar_files.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using testing_support::ScratchFolder;
using testing_support::TarEntry;
using testing_support::ThrownCode;

std::vector<std::uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

TEST(TarArchive, ReadsMembersInAnyOrder) {
  const std::string first(3000, 'a'), second = "second";
  const ScratchFolder folder;
  WriteFileAtomically(folder / "a.tar", TarEntry("z/first", first) + TarEntry("b", second) +
                                            TarEntry("b", "later") + std::string(1024, '\0'));
  const TarArchive archive(folder / "a.tar");
  EXPECT_THAT(archive.members(), ElementsAre("b", "z/first"));
  EXPECT_EQ(archive.Read("z/first"), Bytes(first));
  EXPECT_EQ(archive.Read("b"), Bytes("later"));  // of two of a name, the later one counts
  EXPECT_EQ(archive.Head("z/first", 4), Bytes("aaaa"));
  EXPECT_EQ(archive.problem(), "");
  EXPECT_EQ(ThrownCode([&] { archive.Read("none"); }), ErrorCode::kNotFound);
}

TEST(TarArchive, ReadsWholeMembersOfTruncatedFile) {
  std::string content = TarEntry("a", "whole") + TarEntry("b", std::string(5000, 'b'));
  content.resize(content.size() - 3000);
  const ScratchFolder folder;
  WriteFileAtomically(folder / "cut.tar", content);
  const TarArchive archive(folder / "cut.tar");
  EXPECT_EQ(archive.Read("a"), Bytes("whole"));
  EXPECT_NE(archive.problem(), "");
  EXPECT_EQ(ThrownCode([&] { archive.Read("b"); }), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace mhcnn
