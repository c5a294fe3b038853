#include "mhcnn/base/listed_path.h"

#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

TEST(ResolveListedPath, FindsExistingFile) {
  const testing_support::ScratchFolder folder;
  for (const char* name : {"M\xFCller.png", "M\u00F6ller.png", "in/a.png", "mask\xFC.png"}) {
    WriteFileAtomically(folder / name, std::string_view("x"));
  }
  EXPECT_EQ(ResolveListedPath(folder.path(), "M\xFCller.png"), folder / "M\xFCller.png")
      << "its bytes";
  EXPECT_EQ(ResolveListedPath(folder.path(), "M\\xFCller.png"), folder / "M\xFCller.png")
      << "as results.csv";
  EXPECT_EQ(ResolveListedPath(folder.path(), "M\xF6ller.png"), folder / "M\u00F6ller.png")
      << "Latin-1";
  EXPECT_EQ(ResolveListedPath(folder.path(), "in\\a.png"), folder / "in/a.png")
      << "as Windows writes it";
  EXPECT_EQ(ResolveListedPath(folder.path(), "mask\\xFC.png#128|192"),
            folder / "mask\xFC.png#128|192");
  EXPECT_EQ(ResolveListedPath(folder.path(), "none\\xFC.png"), folder / "none\xFC.png");
  EXPECT_EQ(ResolveListedPath(folder.path(), "/none.png"), "/none.png");
}

}  // namespace
}  // namespace mhcnn
