#include "mhcnn/dicom/dicomdir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Record {
  std::string type, file_id;
};

class DicomDir : public ::testing::Test {
 protected:
  /// Writes a DICOMDIR with these directory records, and reads it.
  std::vector<fs::path> Read(const std::vector<Record>& records) {
    InitDcmtk();
    DcmFileFormat file;
    DcmDataset& dataset = *file.getDataset();
    dataset.putAndInsertString(DCM_SOPClassUID, UID_MediaStorageDirectoryStorage);
    dataset.putAndInsertString(DCM_SOPInstanceUID, "1.2.3");
    dataset.putAndInsertString(DCM_FileSetID, "DISC");
    dataset.insertEmptyElement(DCM_DirectoryRecordSequence);
    for (std::size_t i = 0; i < records.size(); ++i) {
      DcmItem* item = nullptr;
      dataset.findOrCreateSequenceItem(DCM_DirectoryRecordSequence, item, static_cast<long>(i));
      item->putAndInsertString(DCM_DirectoryRecordType, records[i].type.c_str());
      item->putAndInsertString(DCM_ReferencedFileID, records[i].file_id.c_str());
    }
    EXPECT_TRUE(
        file.saveFile(OFFilename((folder_ / "DICOMDIR").c_str()), EXS_LittleEndianExplicit).good());
    return ReadDicomDir(folder_ / "DICOMDIR");
  }
  void Write(const std::string& name, bool dicom = false) {
    fs::create_directories((folder_ / name).parent_path());
    if (dicom) {
      WriteDicomMammogram(folder_ / name, testing_support::Disc(8, 8, 8), {});
    } else {
      WriteFileAtomically(folder_ / name, std::string("x"));
    }
  }
  const testing_support::ScratchFolder folder_;
};

TEST_F(DicomDir, ListsTheFilesOfImageRecordsOnly) {
  Write("IMAGES/IM1");
  EXPECT_THAT(Read({{"PATIENT", ""},
                    {"IMAGE", "IMAGES\\IM1"},
                    {"SR DOCUMENT", "IMAGES\\SR1"},
                    {"IMAGE", "IMAGES\\IM2"},
                    {"IMAGE", ""}}),
              ElementsAre(folder_ / "IMAGES/IM1", folder_ / "IMAGES/IM2"));
}

TEST_F(DicomDir, FindsFilesWhoseNamesWereChangedByCopying) {
  Write("images/im1.;1");
  Write("images/IM2.dcm", true);
  Write("images/IM3.txt");
  EXPECT_THAT(
      Read({{"IMAGE", "IMAGES\\IM1"}, {"IMAGE", "IMAGES\\IM2"}, {"IMAGE", "IMAGES\\IM3"}}),
      ElementsAre(folder_ / "images/im1.;1", folder_ / "images/IM2.dcm", folder_ / "images/IM3"))
      << "a file with another extension that is not DICOM is not the image";
}

TEST_F(DicomDir, FileIdsThatLeadOutOfTheMediumAreLeftOut) {
  EXPECT_THAT(Read({{"IMAGE", "..\\IM1"}, {"IMAGE", "A\\..\\..\\IM1"}, {"IMAGE", "A/../../x"}}),
              IsEmpty());
  // A path in one component, as some writers have it; a leading slash stays within the folder.
  EXPECT_THAT(Read({{"IMAGE", "/A/IM1"}, {"IMAGE", "./B"}}),
              ElementsAre(folder_ / "A/IM1", folder_ / "B"));
}

TEST_F(DicomDir, IsRecognizedByFileName) {
  Read({});
  for (const char* name : {"DICOMDIR", "dicomdir", "DICOMDIR.;1", "Dicomdir;1"}) {
    EXPECT_TRUE(IsDicomDir(folder_ / name)) << name;
  }
  fs::copy_file(folder_ / "DICOMDIR", folder_ / "dicomdir.dcm");
  EXPECT_TRUE(IsDicomDir(folder_ / "dicomdir.dcm"));
  Write("dicomdir.txt");
  EXPECT_FALSE(IsDicomDir(folder_ / "dicomdir.txt"));
  EXPECT_FALSE(IsDicomDir(folder_ / "DICOMDIR2"));
}

TEST_F(DicomDir, FileWithoutRecordsIsRefused) {
  Write("DICOMDIR", true);
  EXPECT_EQ(testing_support::ThrownCode([&] { ReadDicomDir(folder_ / "DICOMDIR"); }),
            ErrorCode::kCorrupt);
  EXPECT_EQ(testing_support::ThrownCode([&] { ReadDicomDir(folder_ / "none"); }),
            ErrorCode::kNotFound);
}

}  // namespace
}  // namespace mhcnn
