#include "mhcnn/dicom/repair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/dicom/file_meta.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/testing/odd_files.h"

namespace mhcnn {
namespace {

using testing::HasSubstr;
using MendedFile = testing_support::OddFile;
using Bytes = std::vector<std::uint8_t>;

TEST_F(MendedFile, NamesUnreadContent) {
  Bytes data = GetDataSet(Written(TransferSyntax::kJpeg2000));
  const auto fill = [&](const std::string& start) {
    const auto at = data.begin() + static_cast<std::ptrdiff_t>(PixelValue(data)) + 16;
    std::copy(start.begin(), start.end(), at);
    return Refusal(File(kExplicit, data));
  };
  EXPECT_THAT(fill(std::string("\0\0\0\x0CJXL ", 8)), HasSubstr("JPEG XL"));
  EXPECT_THAT(fill("\x89PNG\r\n"), HasSubstr("PNG"));
  EXPECT_THAT(fill("nothing known"),
              HasSubstr("a kind that is not known, though its transfer syntax is Little Endian"));
}

}  // namespace
}  // namespace mhcnn
