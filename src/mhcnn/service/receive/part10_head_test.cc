#include "mhcnn/service/receive/part10_head.h"

#include <gtest/gtest.h>

#include <fstream>

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/uid.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

TEST(MakePart10Head, IsReadByTheToolkit) {
  const testing_support::ScratchFolder scratch;
  const auto head =
      MakePart10Head("1.2.840.10008.5.1.4.1.1.1.2", "1.2.345", "1.2.840.10008.1.2.4.201");
  std::ofstream(scratch / "a.dcm", std::ios::binary)
      .write(reinterpret_cast<const char*>(head.data()), static_cast<std::streamsize>(head.size()));
  DcmMetaInfo meta;
  ASSERT_TRUE(meta.loadFile((scratch / "a.dcm").c_str()).good());
  const auto text = [&](const DcmTagKey& key) { return DicomText(meta, key); };
  EXPECT_EQ(text(DCM_MediaStorageSOPClassUID), "1.2.840.10008.5.1.4.1.1.1.2");
  EXPECT_EQ(text(DCM_MediaStorageSOPInstanceUID), "1.2.345");
  EXPECT_EQ(text(DCM_TransferSyntaxUID), "1.2.840.10008.1.2.4.201");
  EXPECT_EQ(text(DCM_ImplementationClassUID), kImplementationClassUid);
  EXPECT_EQ(text(DCM_ImplementationVersionName), ImplementationVersionName());
  Uint32 length = 0;
  ASSERT_TRUE(meta.findAndGetUint32(DCM_FileMetaInformationGroupLength, length).good());
  EXPECT_EQ(length, head.size() - 128 - 4 - 12);
}

TEST(MakePart10Head, DependsOnItsArgumentsAlone) {
  EXPECT_EQ(MakePart10Head("1.2", "1.3", "1.4"), MakePart10Head("1.2", "1.3", "1.4"));
  EXPECT_LE(ImplementationVersionName().size(), 16U);
  EXPECT_LE(std::string(kImplementationClassUid).size(), 64U);
}

}  // namespace
}  // namespace mhcnn
