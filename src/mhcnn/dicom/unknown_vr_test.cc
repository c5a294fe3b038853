#include "mhcnn/dicom/unknown_vr.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mhcnn/base/file.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::Disc;
using testing_support::ScratchFolder;
using Bytes = std::vector<std::uint8_t>;

/// A file with private elements of a VR that is not known, before its series.
Bytes WithUnknown(const ScratchFolder& folder, TransferSyntax syntax, const std::string& elements) {
  DicomWriteOptions options;
  options.syntax = syntax;
  WriteDicomMammogram(folder / "a.dcm", Disc(64, 48, 8), options);
  Bytes bytes = ReadFile(folder / "a.dcm");
  const Bytes series = {0x20, 0, 0x0D, 0, 'U', 'I'};
  const auto at = std::search(bytes.begin(), bytes.end(), series.begin(), series.end());
  EXPECT_NE(at, bytes.end());
  bytes.insert(at, elements.begin(), elements.end());
  return bytes;
}

std::string Element(int element, const std::string& vr, const std::string& value, bool is_long) {
  std::string bytes = {0x19, 0, static_cast<char>(element), 0x10};
  bytes += vr;
  const char length = static_cast<char>(value.size());
  bytes += is_long ? std::string{0, 0, length, 0, 0, 0} : std::string{length, 0};
  return bytes + value;
}

TEST(UnknownVr, IsSkipped) {
  const ScratchFolder folder;
  const GreyImage expected = Disc(64, 48, 8).pixels;
  const std::vector<std::string> kinds = {
      Element(1, "XX", "ABCD", false),
      Element(1, "XX", "ABCD", true),
      Element(1, "XX", "", false),
      Element(1, "xx", "ABCD", false),
      Element(1, "??", "AB", false),
      Element(1, std::string(2, '\0'), "ABCD", false),
      Element(1, "OX", "ABCDEFGH", true),
      Element(1, "XX", "AB", false) + Element(2, "YY", "CD", true) + Element(3, "ZZ", "", false)};
  for (const auto syntax : {TransferSyntax::kExplicitLittleEndian, TransferSyntax::kJpegLossless,
                            TransferSyntax::kJpeg2000}) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      WriteFileAtomically(folder / "b.dcm", WithUnknown(folder, syntax, kinds[i]));
      const Mammogram read = ReadMammogram(folder / "b.dcm");
      EXPECT_EQ(cv::norm(read.pixels, expected, cv::NORM_INF), 0) << i;
      EXPECT_EQ(read.metadata.patient_id, "P-7");
      EXPECT_FALSE(read.metadata.series_uid.empty());
    }
  }
}

TEST(UnknownVr, ChangesNothingWithoutUnknownVr) {
  const ScratchFolder folder;
  EXPECT_TRUE(
      ReplaceUnknownVrs(WithUnknown(folder, TransferSyntax::kExplicitLittleEndian, "")).empty());
  EXPECT_TRUE(ReplaceUnknownVrs(Bytes(4000)).empty());
  EXPECT_TRUE(ReplaceUnknownVrs({}).empty());
}

}  // namespace
}  // namespace mhcnn
