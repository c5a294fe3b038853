#include "mhcnn/dicom/mend.h"

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

Bytes DataSetOf(const Bytes& file) {
  return Bytes(file.begin() + static_cast<std::ptrdiff_t>(ReadFileMeta(file).end), file.end());
}

/// A file of these meta information and data set.
Bytes File(const std::string& syntax, const Bytes& data_set) {
  std::string uid = syntax;
  if (uid.size() % 2 != 0) uid.push_back('\0');
  Bytes meta = {2, 0, 0x10, 0, 'U', 'I', static_cast<std::uint8_t>(uid.size()), 0};
  meta.insert(meta.end(), uid.begin(), uid.end());
  Bytes file(128);
  for (const int byte : {int{'D'}, int{'I'}, int{'C'}, int{'M'}, 2, 0, 0, 0, int{'U'}, int{'L'}, 4,
                         0, static_cast<int>(meta.size()), 0, 0, 0}) {
    file.push_back(static_cast<std::uint8_t>(byte));
  }
  file.insert(file.end(), meta.begin(), meta.end());
  file.insert(file.end(), data_set.begin(), data_set.end());
  return file;
}

constexpr const char *kImplicit = "1.2.840.10008.1.2", *kExplicit = "1.2.840.10008.1.2.1",
                     *kBig = "1.2.840.10008.1.2.2", *kDeflated = "1.2.840.10008.1.2.1.99",
                     *kBaseline = "1.2.840.10008.1.2.4.50", *kLossless = "1.2.840.10008.1.2.4.70",
                     *kLs = "1.2.840.10008.1.2.4.80", *kJ2k = "1.2.840.10008.1.2.4.90",
                     *kHtj2k = "1.2.840.10008.1.2.4.201", *kRle = "1.2.840.10008.1.2.5";

/// Where the head of Pixel Data of the data set itself ends.
std::size_t PixelValue(const Bytes& data) {
  const auto layout = WalkElements(data, {true, false});
  return layout.pixels->tag_at + 12;
}

TEST_F(MendedFile, NamesUnreadContent) {
  Bytes data = DataSetOf(Written(TransferSyntax::kJpeg2000));
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
