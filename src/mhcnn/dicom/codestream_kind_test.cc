#include "mhcnn/dicom/codestream_kind.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mhcnn {
namespace {

using Kind = CodestreamKind;
using Bytes = std::vector<std::uint8_t>;

/// A JPEG stream with an application segment, a table and a frame header of this marker.
Bytes Jpeg(int frame_marker) {
  Bytes bytes = {0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 'J', 'F', 0xFF, 0xC4, 0, 3, 0, 0xFF, 0xFF};
  for (const int byte : {frame_marker, 0, 11, 8, 0, 4, 0, 4, 1}) {
    bytes.push_back(static_cast<std::uint8_t>(byte));
  }
  return bytes;
}

Bytes Text(const std::string& text) { return {text.begin(), text.end()}; }

/// An RLE header of PS3.5 G.5 with `segments` segments of 10 bytes, and their bytes.
Bytes Rle(int segments) {
  Bytes bytes(static_cast<std::size_t>(64 + 10 * segments));
  bytes[0] = static_cast<std::uint8_t>(segments);
  for (int i = 0; i < segments; ++i) {
    bytes[static_cast<std::size_t>(4 * (i + 1))] = static_cast<std::uint8_t>(64 + 10 * i);
  }
  return bytes;
}

TEST(CodestreamKind, JpegByItsFrameHeader) {
  EXPECT_EQ(DetectCodestreamKind(Jpeg(0xC0)), Kind::kJpegBaseline);
  EXPECT_EQ(DetectCodestreamKind(Jpeg(0xC1)), Kind::kJpegExtended);
  EXPECT_EQ(DetectCodestreamKind(Jpeg(0xC2)), Kind::kJpegProgressive);
  EXPECT_EQ(DetectCodestreamKind(Jpeg(0xC3)), Kind::kJpegLossless);
  EXPECT_EQ(DetectCodestreamKind(Jpeg(0xF7)), Kind::kJpegLs);
  EXPECT_EQ(DetectCodestreamKind(Jpeg(0xDA)), Kind::kUnknown) << "a scan before any frame";
}

TEST(CodestreamKind, Jpeg2000BareAndInAFile) {
  const Bytes plain = {0xFF, 0x4F, 0xFF, 0x51, 0, 4, 0, 0, 0xFF, 0x52, 0, 2, 0xFF, 0x90, 0, 10};
  const Bytes high = {0xFF, 0x4F, 0xFF, 0x51, 0, 4, 0, 0, 0xFF, 0x50, 0, 2, 0xFF, 0x90, 0, 10};
  EXPECT_EQ(DetectCodestreamKind(plain), Kind::kJpeg2000);
  EXPECT_EQ(DetectCodestreamKind(high), Kind::kHtj2k);
  for (const auto& [stream, kind] : {std::pair{plain, Kind::kJpeg2000}, {high, Kind::kHtj2k}}) {
    Bytes file = {0, 0, 0, 12, 'j', 'P', ' ', ' ', 0x0D, 0x0A, 0x87, 0x0A};
    file.insert(file.end(), stream.begin(), stream.end());
    EXPECT_EQ(DetectCodestreamKind(file), kind);
  }
}

TEST(CodestreamKind, RleByItsTableOfSegments) {
  for (const int segments : {1, 2, 3, 15}) {
    EXPECT_EQ(DetectCodestreamKind(Rle(segments)), Kind::kRle) << segments;
  }
  EXPECT_EQ(DetectCodestreamKind(Rle(0)), Kind::kUnknown);
  Bytes falling = Rle(3);
  std::swap(falling[8], falling[12]);
  EXPECT_EQ(DetectCodestreamKind(falling), Kind::kUnknown);
  Bytes beyond = Rle(2);
  beyond[8] = 200;  // the stream has 84 bytes
  EXPECT_EQ(DetectCodestreamKind(beyond), Kind::kUnknown);
  Bytes third = Rle(2);
  third[12] = 90;  // an offset of a segment that is not counted
  EXPECT_EQ(DetectCodestreamKind(third), Kind::kUnknown);
}

TEST(CodestreamKind, KnowsOtherKindsByTheirFirstBytes) {
  EXPECT_EQ(DetectCodestreamKind(Bytes{0xFF, 0x0A, 0, 0}), Kind::kJpegXl);
  EXPECT_EQ(DetectCodestreamKind(Text("\x89PNG\r\n\x1A\n")), Kind::kPng);
  EXPECT_EQ(DetectCodestreamKind(Bytes{0, 0, 1, 0xB3, 0}), Kind::kVideo);
  EXPECT_EQ(DetectCodestreamKind(Bytes{0, 0, 0, 1, 0x67}), Kind::kVideo);
  EXPECT_EQ(DetectCodestreamKind({}), Kind::kUnknown);
  EXPECT_EQ(DetectCodestreamKind(Bytes(200)), Kind::kUnknown);
}

// PS3.5 table A.4: what each transfer syntax may hold.
TEST(CodestreamKind, TransferSyntaxesHoldTheirOwnKind) {
  const std::string root = "1.2.840.10008.1.2";
  const std::vector<std::pair<std::string, Kind>> own = {
      {".4.50", Kind::kJpegBaseline}, {".4.51", Kind::kJpegExtended},
      {".4.57", Kind::kJpegLossless}, {".4.70", Kind::kJpegLossless},
      {".4.80", Kind::kJpegLs},       {".4.81", Kind::kJpegLs},
      {".4.90", Kind::kJpeg2000},     {".4.91", Kind::kJpeg2000},
      {".4.201", Kind::kHtj2k},       {".4.202", Kind::kHtj2k},
      {".4.203", Kind::kHtj2k},       {".5", Kind::kRle}};
  for (const auto& [end, kind] : own) {
    EXPECT_TRUE(AllowsCodestream(root + end, kind)) << end;
    EXPECT_FALSE(AllowsCodestream(root + end, Kind::kPng)) << end;
    EXPECT_FALSE(AllowsCodestream(root + end, kind == Kind::kRle ? Kind::kJpegLs : Kind::kRle))
        << end;
  }
  EXPECT_FALSE(AllowsCodestream(root + ".4.50", Kind::kJpegExtended));
  EXPECT_FALSE(AllowsCodestream(root + ".4.90", Kind::kHtj2k));
  for (const std::string native : {"", ".1", ".1.99", ".2"}) {
    for (const Kind kind : {Kind::kJpegBaseline, Kind::kJpeg2000, Kind::kRle}) {
      EXPECT_FALSE(AllowsCodestream(root + native, kind)) << native;
    }
  }
}

TEST(CodestreamKind, DecoderAcceptsItsKind) {
  for (const Kind kind : {Kind::kJpegBaseline, Kind::kJpegExtended, Kind::kJpegProgressive,
                          Kind::kJpegLossless, Kind::kJpegLs, Kind::kJpeg2000, Kind::kRle}) {
    EXPECT_TRUE(AllowsCodestream(DcmXfer(FindDecoderSyntax(kind)).getXferID(), kind))
        << CodestreamName(kind);
  }
  for (const Kind kind : {Kind::kUnknown, Kind::kJpegXl, Kind::kPng, Kind::kVideo}) {
    EXPECT_EQ(FindDecoderSyntax(kind), EXS_Unknown) << CodestreamName(kind);
  }
}

}  // namespace
}  // namespace mhcnn
