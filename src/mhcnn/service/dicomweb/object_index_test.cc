#include "mhcnn/service/dicomweb/object_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "mhcnn/base/sha256.h"
#include "mhcnn/testing/header_changes.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing_support::SampleImage;
using testing_support::ScratchFolder;
using testing_support::Set;
using testing_support::WriteChanged;

class ObjectIndexTest : public ::testing::Test {
 protected:
  /// Adds an object of series "1.2.1" or another, with its file.
  void Add(const std::string& sop_uid, const std::string& series = "1.2.1",
           const std::string& patient_name = "Doe^Jane") {
    const fs::path incoming = folder_.MakeIncomingPath();
    WriteChanged(incoming, [&](DcmDataset& dataset) {
      Set(DCM_SOPInstanceUID, sop_uid)(dataset);
      Set(DCM_StudyInstanceUID, "1.2")(dataset);
      Set(DCM_SeriesInstanceUID, series)(dataset);
      Set(DCM_PatientName, patient_name)(dataset);
      Set(DCM_InstitutionName, "Clinic")(dataset);
    });
    ReceivedObject object = SampleImage(sop_uid, "1.2");
    object.digest = FileSha256(incoming);
    object.file = folder_.Keep(incoming, object.digest);
    store_.objects().Add(object, {});
    files_[sop_uid] = folder_.Path(object.file);
  }
  std::vector<std::string> Uids(const std::vector<IndexedObject>& objects) {
    std::vector<std::string> uids;
    for (const auto& object : objects) uids.push_back(object.object.sop_uid);
    return uids;
  }

  ScratchFolder scratch_;
  ObjectFolder folder_{scratch_ / "objects"};
  JobStore store_{JobStoreOptions{
      .url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}}};
  std::map<std::string, fs::path> files_;
};

TEST_F(ObjectIndexTest, FindsByStudySeriesAndObject) {
  Add("1.2.1.1");
  Add("1.2.2.1", "1.2.2");
  Add("1.2.1.2");
  ObjectIndex index(folder_);
  EXPECT_THAT(Uids(index.Find(store_, "1.2")), ElementsAre("1.2.1.1", "1.2.2.1", "1.2.1.2"));
  EXPECT_THAT(Uids(index.Find(store_, "1.2", "1.2.1")), ElementsAre("1.2.1.1", "1.2.1.2"));
  EXPECT_THAT(Uids(index.Find(store_, "1.2", "1.2.1", "1.2.1.2")), ElementsAre("1.2.1.2"));
  EXPECT_THAT(Uids(index.Find(store_, "1.2", "1.2.2", "1.2.1.2")), IsEmpty());
  EXPECT_THAT(Uids(index.Find(store_, "9")), IsEmpty());
}

TEST_F(ObjectIndexTest, HasAttributesOfSearchesAlone) {
  Add("1.2.1.1");
  ObjectIndex index(folder_);
  const auto found = index.Find(store_, "1.2");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].Text("00080018"), "1.2.1.1");
  EXPECT_EQ(found[0].Text("00100010"), "Doe^Jane");
  EXPECT_EQ(found[0].Text("00280010"), "40") << "a number as text";
  EXPECT_EQ(found[0].Series(), "1.2.1");
  EXPECT_EQ(found[0].header->at("00080060").at("vr"), "CS");
  EXPECT_EQ(found[0].Text("00080080"), "") << "the institution is not searched for";
  EXPECT_FALSE(found[0].header->contains("7FE00010"));
  EXPECT_EQ(index.Path(found[0].object), files_.at("1.2.1.1"));
}

TEST_F(ObjectIndexTest, LeavesObjectWithoutReadableFileOut) {
  Add("1.2.1.1");
  Add("1.2.1.2");
  fs::remove(files_.at("1.2.1.1"));
  ObjectIndex index(folder_);
  EXPECT_THAT(Uids(index.Find(store_, "1.2")), ElementsAre("1.2.1.2"));
}

TEST_F(ObjectIndexTest, KeepsHeadersAsFarAsThereIsRoom) {
  Add("1.2.1.1");
  Add("1.2.1.2");
  ObjectIndex roomy(folder_), small(folder_, 1);
  const auto before = roomy.Find(store_, "1.2");
  small.Find(store_, "1.2");
  for (const auto& [uid, file] : files_) fs::remove(file);
  const auto after = roomy.Find(store_, "1.2");
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0].header, before[0].header);
  EXPECT_THAT(Uids(small.Find(store_, "1.2")), ElementsAre("1.2.1.2")) << "the last one read";
}

TEST_F(ObjectIndexTest, OneSearchAtATimeHoldsTheRight) {
  ObjectIndex index(folder_);
  {
    const auto one = index.HoldSearch();
    EXPECT_TRUE(one.owns_lock());
    bool other = true;
    std::thread([&] { other = index.HoldSearch().owns_lock(); }).join();
    EXPECT_FALSE(other);
  }
  EXPECT_TRUE(index.HoldSearch().owns_lock());
}

}  // namespace
}  // namespace mhcnn
