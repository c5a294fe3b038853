#include "mhcnn/base/archive.h"

#include <gtest/gtest.h>

#include "mhcnn/base/packed_file.h"
#include "mhcnn/testing/tar_files.h"

namespace mhcnn {
namespace {

using testing_support::TarEntry;

std::vector<std::uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

TEST(Archive, DetectsKindByContent) {
  const auto tar = Bytes(TarEntry("a", ""));
  EXPECT_EQ(SniffArchive(tar), ArchiveKind::kTar);
  auto damaged = tar;
  damaged[3] ^= 1;
  EXPECT_EQ(SniffArchive(damaged), ArchiveKind::kNone);
  EXPECT_EQ(SniffArchive(Bytes("PK\3\4rest")), ArchiveKind::kZip);
  EXPECT_EQ(SniffArchive(std::vector<std::uint8_t>(512)), ArchiveKind::kNone);
  EXPECT_EQ(FindUnreadArchiveName(Bytes("Rar!\x1A\x07..."), "noname"), "a RAR archive");
  EXPECT_EQ(FindUnreadArchiveName({}, "disc.ISO"), "a disc image");
  EXPECT_EQ(FindUnreadArchiveName(Bytes("MSCF"), "1.2.840"), "");
  EXPECT_EQ(StripPackingExtension("a/b.dcm.GZ"), "a/b.dcm");
  EXPECT_EQ(StripPackingExtension("a/b.tgz"), "a/b.tar");
  EXPECT_FALSE(HasArchiveExtension("1.2.840.7"));
}

}  // namespace
}  // namespace mhcnn
