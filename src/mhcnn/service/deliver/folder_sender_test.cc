#include "mhcnn/service/deliver/folder_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/sent_objects.h"

namespace mhcnn {
namespace {

using namespace testing_support;
namespace fs = std::filesystem;

std::vector<std::string> FilesBelow(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), folder).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct Folders {
  ScratchFolder source, target;
  DestinationConfig destination;
  Folders() {
    destination.kind = DestinationConfig::Kind::kFolder;
    destination.folder = target / "out";
  }
};

TEST(FolderSender, CopiesIntoTheFolderOfTheStudy) {
  Folders f;
  FolderSender sender(f.destination);
  auto dicom = MakeObject(f.source, "a");
  auto bundle = MakeTextObject(f.source, "exam.fhir.json", "{}");
  bundle.study_uid = dicom.study_uid;
  EXPECT_EQ(SendAll(sender, {dicom, bundle}).Words(),
            (std::vector<std::string>{"stored", "stored"}));
  const fs::path study = fs::path(dicom.study_uid);
  EXPECT_THAT(FilesBelow(f.destination.folder),
              testing::UnorderedElementsAre((study / (dicom.sop_uid + ".dcm")).string(),
                                            (study / "exam.fhir.json").string()));
  EXPECT_EQ(FileSha256(f.destination.folder / study / (dicom.sop_uid + ".dcm")), dicom.digest);
}

TEST(FolderSender, LeavesTheSameFileAndKeepsOtherContent) {
  Folders f;
  FolderSender sender(f.destination);
  const auto first = MakeTextObject(f.source, "r.json", "first");
  EXPECT_EQ(SendAll(sender, {first, first}).Words(),
            (std::vector<std::string>{"stored", "stored"}));
  EXPECT_EQ(FilesBelow(f.destination.folder), std::vector<std::string>{"1.2.3/r.json"});
  auto second = MakeTextObject(f.source, "r.json", "second");
  EXPECT_EQ(SendAll(sender, {second, second}).Words(),
            (std::vector<std::string>{"stored", "stored"}));
  EXPECT_EQ(FilesBelow(f.destination.folder).size(), 2U);
  EXPECT_EQ(ReadTextFile(f.destination.folder / "1.2.3" / "r.json"), "first");
}

TEST(FolderSender, StaysBelowItsFolder) {
  Folders f;
  FolderSender sender(f.destination);
  auto object = MakeTextObject(f.source, "r.json", "x");
  object.study_uid = "../../escape";
  object.sop_uid = "../up";
  EXPECT_EQ(SendAll(sender, {object}).Words(), std::vector<std::string>{"stored"});
  EXPECT_EQ(FilesBelow(f.target.path()).size(), 1U);
  EXPECT_EQ(FilesBelow(f.destination.folder).size(), 1U);
}

TEST(FolderSender, CallsAFolderThatCannotBeWrittenTransient) {
  Folders f;
  WriteFileAtomically(f.target / "file", "in the way");
  f.destination.folder = f.target / "file";
  FolderSender sender(f.destination);
  EXPECT_EQ(SendAll(sender, {MakeTextObject(f.source, "r.json", "x")}).Words(),
            std::vector<std::string>{"transient"});
  EXPECT_NE(sender.Check().result, SendResult::kStored);
}

TEST(FolderSender, CheckLeavesNoFile) {
  Folders f;
  EXPECT_EQ(FolderSender(f.destination).Check().result, SendResult::kStored);
  EXPECT_TRUE(FilesBelow(f.target.path()).empty());
}

TEST(ToFileName, TakesUidsAsTheyAre) {
  EXPECT_EQ(ToFileName("1.2.840.1"), "1.2.840.1");
  for (const char* odd : {"", ".", "..", ".hidden", "a/b", "1.2 ", "\xC3\xA4"}) {
    const std::string name = ToFileName(odd);
    EXPECT_EQ(name.rfind("uid-", 0), 0U) << odd;
    EXPECT_EQ(name.size(), 36U) << odd;
  }
  EXPECT_NE(ToFileName("a/b"), ToFileName("a/c"));
}

}  // namespace
}  // namespace mhcnn
