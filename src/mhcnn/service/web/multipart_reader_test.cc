#include "mhcnn/service/web/multipart_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace mhcnn {
namespace {

/// Collects the parts.
class Parts : public MultipartSink {
 public:
  struct Part {
    HttpFields fields;
    std::string data;
    bool whole = false;
  };
  std::vector<Part> parts;
  std::size_t largest_piece = 0;

  void PartBegins(const HttpFields& fields) override { parts.push_back({fields, "", false}); }
  void PartData(std::string_view piece) override {
    parts.back().data += piece;
    largest_piece = std::max(largest_piece, piece.size());
  }
  void PartEnds() override { parts.back().whole = true; }
};

Parts Read(const std::string& body, std::size_t step, const std::string& boundary = "b") {
  Parts parts;
  MultipartReader reader(boundary, parts);
  for (std::size_t at = 0; at < body.size(); at += step) {
    reader.Feed(std::string_view(body).substr(at, step));
  }
  reader.Finish();
  return parts;
}

int GetRefusal(const std::string& body, std::size_t step) {
  try {
    Read(body, step);
    return 0;
  } catch (const HttpError& e) {
    return e.status();
  }
}

TEST(MultipartReader, SplitsPartsWhereverThePiecesEnd) {
  const std::string body =
      "preamble\r\n--b \t\r\nContent-Type: application/dicom\r\nX-A:  1 \r\n\r\n"
      "one\r\n--\r\n-b\r\n\r\n--b\r\n\r\n\r\n--b\r\nY:2\r\n\r\n\r\n\r\n--b--\r\nepilogue --b";
  for (std::size_t step = 1; step <= body.size(); ++step) {
    const Parts read = Read(body, step);
    ASSERT_EQ(read.parts.size(), 3u) << step;
    EXPECT_EQ(read.parts[0].fields,
              (HttpFields{{"content-type", "application/dicom"}, {"x-a", "1"}}));
    EXPECT_EQ(read.parts[0].data, "one\r\n--\r\n-b\r\n");
    EXPECT_TRUE(read.parts[1].fields.empty());
    EXPECT_EQ(read.parts[1].data, "");
    EXPECT_EQ(read.parts[2].data, "\r\n");
    for (const auto& part : read.parts) EXPECT_TRUE(part.whole);
  }
}

TEST(MultipartReader, FirstBoundaryMayBeAtTheVeryBeginning) {
  EXPECT_EQ(Read("--b\r\n\r\nx\r\n--b--", 1).parts[0].data, "x");
}

TEST(MultipartReader, KeepsBinaryDataThatLooksLikeABoundary) {
  // Bytes of the boundary's own characters, in all orders: none of them is the boundary.
  std::mt19937 random(7);
  const std::string letters = "\r\n-b";
  for (int round = 0; round < 300; ++round) {
    std::string data;
    for (int i = 0; i < 200; ++i) data += letters[random() % letters.size()];
    while (data.find("\r\n--bb") != std::string::npos) data.erase(data.find("\r\n--bb"), 1);
    if (data.rfind("\r\n--b") == data.size() - 5) data += "x";
    const std::string body = "--bb\r\n\r\n" + data + "\r\n--bb--";
    const Parts read = Read(body, 1 + random() % 17, "bb");
    ASSERT_EQ(read.parts.size(), 1u);
    ASSERT_EQ(read.parts[0].data, data);
  }
}

TEST(MultipartReader, HoldsNoMoreThanAPiece) {
  Parts parts;
  MultipartReader reader("b", parts);
  reader.Feed("--b\r\n\r\n");
  for (int i = 0; i < 64; ++i) reader.Feed(std::string(65'536, '\r'));
  EXPECT_LE(parts.largest_piece, 65'536u + 8);
  EXPECT_GE(parts.parts[0].data.size(), 64u * 65'536 - 8);
}

TEST(MultipartReader, RefusesWhatIsNoMultipartBody) {
  for (const std::size_t step : {1u, 7u, 1'000'000u}) {
    EXPECT_EQ(GetRefusal("", step), 400);
    EXPECT_EQ(GetRefusal("--b", step), 400);
    EXPECT_EQ(GetRefusal("--b\r\n", step), 400);
    EXPECT_EQ(GetRefusal("--b\r\n\r\ndata", step), 400);
    EXPECT_EQ(GetRefusal("--b\r\n\r\ndata\r\n--b", step), 400);
    EXPECT_EQ(GetRefusal("--b\r\n\r\ndata\r\n--bc\r\n", step), 400);
    EXPECT_EQ(GetRefusal("--b\r\nno field\r\n\r\nx\r\n--b--", step), 400);
    EXPECT_EQ(GetRefusal("--b\r\n: x\r\n\r\nx\r\n--b--", step), 400);
    EXPECT_EQ(GetRefusal("--b\r\na b: x\r\n\r\nx\r\n--b--", step), 400);
    EXPECT_EQ(GetRefusal("--b\r\na: x\x01y\r\n\r\nx\r\n--b--", step), 400);
    EXPECT_EQ(GetRefusal("--other\r\n\r\nx\r\n--other--", step), 400);
    EXPECT_EQ(GetRefusal("--b" + std::string(1'000, ' ') + "\r\n\r\n", step), 400);
  }
  EXPECT_EQ(GetRefusal(std::string(100'000, 'x'), 10'000), 400);
}

TEST(MultipartReader, LimitsHeadersAndParts) {
  EXPECT_EQ(GetRefusal("--b\r\na: " + std::string(20'000, 'x') + "\r\n\r\nx\r\n--b--", 1'000), 413);
  EXPECT_EQ(GetRefusal("--b\r\na: " + std::string(20'000, 'x') + "\r\n\r\nx\r\n--b--", 50'000),
            413);
  Parts parts;
  MultipartReader reader("b", parts, {16'384, 2});
  reader.Feed("--b\r\n\r\n\r\n--b\r\n\r\n\r\n");
  EXPECT_THROW(reader.Feed("--b\r\n"), HttpError);
}

TEST(MultipartReader, RejectsInvalidBoundaries) {
  Parts parts;
  for (const std::string& boundary :
       {std::string(), std::string(71, 'a'), std::string("a "), std::string("a\r\n"),
        std::string("a\"b"), std::string("\xC3\xA4")}) {
    EXPECT_THROW(MultipartReader(boundary, parts), HttpError) << boundary;
  }
  EXPECT_NO_THROW(MultipartReader(std::string(70, '='), parts));
}

}  // namespace
}  // namespace mhcnn
