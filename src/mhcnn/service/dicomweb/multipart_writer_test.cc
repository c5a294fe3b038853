#include "mhcnn/service/dicomweb/multipart_writer.h"

#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/service/web/multipart_reader.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

std::string All(const std::function<std::string()>& source) {
  std::string all;
  for (std::string piece = source(); !piece.empty(); piece = source()) all += piece;
  return all;
}

/// Parts that the reader of multipart bodies finds.
struct Collected final : MultipartSink {
  void PartBegins(const HttpFields& fields) override {
    types.push_back(fields.at(0).second);
    parts.emplace_back();
  }
  void PartData(std::string_view piece) override { parts.back() += piece; }
  void PartEnds() override {}
  std::vector<std::string> types, parts;
};

TEST(MultipartWriter, WritesWhatTheReaderReads) {
  const testing_support::ScratchFolder folder;
  const std::string large(1'000'000, 'x');
  WriteFileAtomically(folder / "large", large);
  const auto response = MultipartResponse(
      "application/dicom",
      {[] {
         return OutgoingPart{{{"Content-Type", "a/b"}}, TextSource("one\r\n--")};
       },
       [] {
         return OutgoingPart{{{"Content-Type", "c/d"}}, TextSource("")};
       },
       [&] {
         return OutgoingPart{{{"Content-Type", "e/f"}}, FileSource((folder / "large").string())};
       }});
  const MediaType type = ParseMediaType(response.content_type);
  EXPECT_EQ(type.type, "multipart/related");
  EXPECT_EQ(type.Parameter("type"), "application/dicom");
  Collected collected;
  MultipartReader reader(std::string(type.Parameter("boundary")), collected);
  reader.Feed(All(response.source));
  reader.Finish();
  EXPECT_EQ(collected.types, (std::vector<std::string>{"a/b", "c/d", "e/f"}));
  EXPECT_EQ(collected.parts, (std::vector<std::string>{"one\r\n--", "", large}));
}

TEST(FileSource, NeedsTheFile) {
  EXPECT_EQ(testing_support::ThrownCode([] { FileSource("/nowhere"); }), ErrorCode::kIo);
}

}  // namespace
}  // namespace mhcnn
