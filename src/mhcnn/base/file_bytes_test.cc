#include "mhcnn/base/file_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::ScratchFolder;

TEST(FileBytes, ReadWhereTheyCannotBeMapped) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "a", std::string_view("some bytes"));
  const FileBytes mapped(folder / "a"), read(folder / "a", FileBytes::How::kRead);
  EXPECT_TRUE(std::equal(mapped.bytes().begin(), mapped.bytes().end(), read.bytes().begin(),
                         read.bytes().end()));
  EXPECT_EQ(read.bytes().size(), 10U);
  EXPECT_THROW(FileBytes(folder / "absent"), Error);
}

}  // namespace
}  // namespace mhcnn
