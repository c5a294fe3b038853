#include "mhcnn/service/api/zip_file.h"

#include <gtest/gtest.h>

#include "mhcnn/base/archive.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

TEST(MakeZipFile, IsWhatAnotherReaderReads) {
  const testing_support::ScratchFolder scratch;
  const std::string large(100'000, 'x');
  WriteFileAtomically(scratch / "a.zip", MakeZipFile({{"a.csv", "1,2\n"}, {"b/c.dcm", large}}));
  const auto archive = OpenArchive(scratch / "a.zip");
  const auto text = [&](const std::string& name) {
    const auto bytes = archive->Read(name);
    return std::string(bytes.begin(), bytes.end());
  };
  EXPECT_EQ(text("a.csv"), "1,2\n");
  EXPECT_EQ(text("b/c.dcm"), large);
}

TEST(MakeZipFile, MayBeEmpty) { EXPECT_EQ(MakeZipFile({}).size(), 22u); }

}  // namespace
}  // namespace mhcnn
