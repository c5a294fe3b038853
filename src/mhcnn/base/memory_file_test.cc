#include "mhcnn/base/memory_file.h"

#include <gtest/gtest.h>

#include "mhcnn/base/file.h"

namespace mhcnn {
namespace {

TEST(MemoryFile, HasPathWhileItExists) {
  const std::vector<std::uint8_t> first = {1, 2, 3}, second = {4, 5};
  std::filesystem::path path;
  {
    MemoryFile file(first);
    path = file.path();
    EXPECT_EQ(ReadFile(path), first);
    file.Append(second);
    EXPECT_EQ(file.size(), 5u);
    EXPECT_EQ(ReadFile(path), (std::vector<std::uint8_t>{1, 2, 3, 4, 5}));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace mhcnn
