#include "mhcnn/service/move_tree.h"

#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::ScratchFolder;
using testing_support::ThrownCode;

TEST(MoveTree, TakesThePlaceOfAnEarlierFolder) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "work/1/sub/new", std::string_view("new"));
  WriteFileAtomically(folder / "results/7/1-1/old", std::string_view("old"));
  MoveTree(folder / "work/1", folder / "results/7/1-1");
  EXPECT_EQ(ReadTextFile(folder / "results/7/1-1/sub/new"), "new");
  EXPECT_FALSE(std::filesystem::exists(folder / "results/7/1-1/old"));
  EXPECT_FALSE(std::filesystem::exists(folder / "work/1"));
}

TEST(MoveTree, ThrowsWhereTheFolderIsNotThere) {
  const ScratchFolder folder;
  EXPECT_EQ(ThrownCode([&] { MoveTree(folder / "none", folder / "results"); }), ErrorCode::kIo);
}

}  // namespace
}  // namespace mhcnn
