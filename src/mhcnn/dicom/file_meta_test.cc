#include "mhcnn/dicom/file_meta.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/dicom/writer.h"
#include "mhcnn/testing/odd_files.h"

namespace mhcnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using FileMetaOfFile = testing_support::OddFile;
using Bytes = std::vector<std::uint8_t>;

constexpr const char *kImplicit = "1.2.840.10008.1.2", *kExplicit = "1.2.840.10008.1.2.1",
                     *kBig = "1.2.840.10008.1.2.2", *kDeflated = "1.2.840.10008.1.2.1.99",
                     *kBaseline = "1.2.840.10008.1.2.4.50", *kLossless = "1.2.840.10008.1.2.4.70",
                     *kLs = "1.2.840.10008.1.2.4.80", *kJ2k = "1.2.840.10008.1.2.4.90",
                     *kHtj2k = "1.2.840.10008.1.2.4.201", *kRle = "1.2.840.10008.1.2.5";

TEST_F(FileMetaOfFile, MetaInformationIsWrong) {
  Bytes file = Written(TransferSyntax::kExplicitLittleEndian);
  file[140] ^= 6;  // group length
  EXPECT_THAT(Read(file), IsEmpty());
  // Meta information in implicit VR.
  const Bytes data = GetDataSet(file);
  Bytes implicit(file.begin(), file.begin() + 132);
  for (const int byte : {2, 0, 0x10, 0, 20, 0, 0, 0}) {
    implicit.push_back(static_cast<std::uint8_t>(byte));
  }
  const std::string uid = std::string(kExplicit) + '\0';
  implicit.insert(implicit.end(), uid.begin(), uid.end());
  implicit.insert(implicit.end(), data.begin(), data.end());
  EXPECT_THAT(Read(implicit), IsEmpty());
}

TEST_F(FileMetaOfFile, NoMetaInformationAndCompressed) {
  const Bytes data = GetDataSet(Written(TransferSyntax::kJpegLs));
  EXPECT_THAT(Read(data), ElementsAre("syntax_conflict"));
}

}  // namespace
}  // namespace mhcnn
