#include "mhcnn/base/write_all.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <thread>

#include "mhcnn/base/file_descriptor.h"

namespace mhcnn {
namespace {

TEST(WriteAll, RepeatsShortWrites) {
  // The text is larger than the buffer of a pipe (pipe(7): 64 KiB), so the first write is short.
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const FileDescriptor reader(ends[0]);
  FileDescriptor writer(ends[1]);
  const std::string text(1 << 20, 'x');
  std::string received;
  std::thread read([&] {
    std::array<char, 4096> block{};
    for (ssize_t n = 0; (n = ::read(reader.get(), block.data(), block.size())) > 0;)
      received.append(block.data(), static_cast<std::size_t>(n));
  });
  EXPECT_TRUE(WriteAll(writer.get(), text));
  writer.Close();
  read.join();
  EXPECT_EQ(received, text);
}

TEST(WriteAll, ReportsFailureInErrno) {
  const FileDescriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_GE(full.get(), 0);
  EXPECT_FALSE(WriteAll(full.get(), "x"));
  EXPECT_EQ(errno, ENOSPC);
  EXPECT_FALSE(WriteAll(-1, "x"));
  EXPECT_EQ(errno, EBADF);
}

TEST(WriteAll, AcceptsNothingToWrite) { EXPECT_TRUE(WriteAll(-1, "")); }

}  // namespace
}  // namespace mhcnn
