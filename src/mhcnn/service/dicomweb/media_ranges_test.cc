#include "mhcnn/service/dicomweb/media_ranges.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(ParseAcceptField, PartsRangesAtCommasOutsideOfQuotes) {
  const auto types = ParseAcceptField(
      "multipart/related; type=\"a,b\"; transfer-syntax=*, image/png;q=0, image/jpeg;q=0.5");
  ASSERT_EQ(types.size(), 2u);
  EXPECT_EQ(types[0].type, "multipart/related");
  EXPECT_EQ(types[0].Parameter("type"), "a,b");
  EXPECT_EQ(types[0].Parameter("transfer-syntax"), "*");
  EXPECT_EQ(types[1].type, "image/jpeg");
  ASSERT_EQ(ParseAcceptField("").size(), 1u);
  EXPECT_EQ(ParseAcceptField("")[0].type, "*/*");
  EXPECT_THROW(ParseAcceptField("no type"), HttpError);
  // The image loader of OHIF writes it in this form.
  const auto loader =
      ParseAcceptField("multipart/related; type=application/octet-stream; transfer-syntax=*");
  ASSERT_EQ(loader.size(), 1u);
  EXPECT_EQ(loader[0].Parameter("type"), "application/octet-stream");
}

TEST(ParseAcceptedMediaTypes, KnowsPartsFromSingleAnswers) {
  const auto wanted = ParseAcceptedMediaTypes(
      "multipart/related; type=\"Application/DICOM\"; transfer-syntax=1.2, "
      "application/octet-stream, "
      "*/*, multipart/related");
  ASSERT_EQ(wanted.size(), 4u);
  EXPECT_TRUE(wanted[0].multipart);
  EXPECT_EQ(wanted[0].type, "application/dicom");
  EXPECT_EQ(wanted[0].transfer_syntax, "1.2");
  EXPECT_FALSE(wanted[1].multipart);
  EXPECT_EQ(wanted[1].type, "application/octet-stream");
  EXPECT_TRUE(wanted[2].multipart);
  EXPECT_EQ(wanted[2].type, "*/*");
  EXPECT_EQ(wanted[3].type, "*/*");
}

}  // namespace
}  // namespace mhcnn
