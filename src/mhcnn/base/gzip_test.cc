#include "mhcnn/base/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace mhcnn {
namespace {

TEST(CompressGzip, ZlibReadsOutput) {
  std::vector<std::uint8_t> bytes(100'000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * i / 97);
  for (const int level : {1, 6}) {
    const auto packed = CompressGzip(bytes, level);
    ASSERT_GT(packed.size(), 18u);
    EXPECT_EQ(packed[0], 0x1f);
    EXPECT_EQ(packed[1], 0x8b);
    std::vector<std::uint8_t> read(bytes.size() + 1);
    z_stream stream{};
    ASSERT_EQ(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
    stream.next_in = const_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = read.data();
    stream.avail_out = static_cast<uInt>(read.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    read.resize(stream.total_out);
    inflateEnd(&stream);
    EXPECT_EQ(read, bytes);
  }
  EXPECT_FALSE(CompressGzip({}).empty());
}

}  // namespace
}  // namespace mhcnn
