#include "mhcnn/jobs/stored_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "mhcnn/jobs/database.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing_support::JobStoreTest;

class StoredObjectsTest : public JobStoreTest {
 protected:
  void Receive(const std::string& sop, const std::string& study,
               ObjectPurpose use = ObjectPurpose::kMeasure, const std::string& patient = "P1",
               const std::string& date = "20260103") {
    ReceivedObject object;
    object.sop_uid = sop;
    object.study_uid = study;
    object.sop_class_uid = "1.2.840.10008.5.1.4.1.1.1.2";
    object.digest = "digest " + sop;
    object.file = "received/" + sop;
    object.patient_id = patient;
    object.study_date = date;
    object.bytes = 7;
    object.use = use;
    store().objects().Add(object, {});
  }
  std::vector<std::string> Studies(const StoredStudyFilter& filter) {
    std::vector<std::string> uids;
    for (const auto& study : store().stored().Studies(filter)) uids.push_back(study.study_uid);
    return uids;
  }
  /// A filter with some of its fields.
  static StoredStudyFilter Filter(const std::function<void(StoredStudyFilter&)>& set) {
    StoredStudyFilter filter;
    set(filter);
    return filter;
  }
  std::vector<std::string> Objects(const std::string& study) {
    std::vector<std::string> uids;
    for (const auto& object : store().stored().ListForStudy(study)) uids.push_back(object.sop_uid);
    return uids;
  }
};
MHCNN_ON_BOTH_DATABASES(StoredObjectsTest);

TEST_P(StoredObjectsTest, ListsTheStudiesOfWhatWasReceived) {
  Receive("1.1", "1");
  Receive("2.1", "2", ObjectPurpose::kKeep, "P2", "20260204");
  Receive("3.1", "3", ObjectPurpose::kOwnResult);
  Receive("1.2", "1");
  EXPECT_THAT(Studies({}), ElementsAre("1", "2"));
  EXPECT_THAT(Studies(Filter([](auto& f) { f.limit = f.offset = 1; })), ElementsAre("2"));
  const auto of_patient = [&](const char* id) {
    return Studies(Filter([&](auto& f) { f.patient_id = id; }));
  };
  EXPECT_THAT(of_patient("P2"), ElementsAre("2"));
  EXPECT_THAT(of_patient("P*"), ElementsAre("1", "2"));
  EXPECT_THAT(of_patient("?1"), ElementsAre("1"));
  EXPECT_THAT(of_patient("%"), IsEmpty());
  EXPECT_THAT(of_patient("%*"), IsEmpty());
  EXPECT_THAT(Studies(Filter([](auto& f) { f.study_uids = {"2", "3"}; })), ElementsAre("2"));
  const auto between = [&](const char* from, const char* to) {
    return Studies(Filter([&](auto& f) {
      f.date_from = from;
      f.date_to = to;
    }));
  };
  EXPECT_THAT(between("20260201", ""), ElementsAre("2"));
  EXPECT_THAT(between("", "20260103"), ElementsAre("1"));
  EXPECT_THAT(between("20260101", "20260301"), ElementsAre("1", "2"));
}

TEST_P(StoredObjectsTest, ListsObjectsAndTheNewestResults) {
  Receive("1.1", "1");
  Receive("1.2", "1", ObjectPurpose::kKeep);
  Receive("1.3", "1", ObjectPurpose::kOwnResult);
  const auto exam = store().exams().FindStudy("1");
  ASSERT_TRUE(exam.has_value());
  Database db(Options());
  const auto result = [&](const std::string& sop, int revision, const std::string& digest,
                          const std::string& cls = "1.2.840.10008.5.1.4.1.1.66.4") {
    db.Write([&] {
      db.Execute(
          "INSERT INTO results (exam, revision, job, sop_uid, sop_class_uid, kind, file, digest, "
          "bytes, made, sent) VALUES (?, ?, 1, ?, ?, 'seg', ?, ?, 5, 0, 1)",
          {exam->id, std::int64_t{revision}, sop, cls, "results/" + sop, digest});
    });
  };
  result("9.1", 1, "a");
  EXPECT_THAT(Objects("1"), ElementsAre("1.1", "1.2", "9.1"));
  result("9.2", 2, "b");
  result("9.3", 2, "c");
  result("9.2", 2, "d");
  result("fhir", 2, "e", "");
  EXPECT_THAT(Objects("1"), ElementsAre("1.1", "1.2", "9.2", "9.3"));
  const auto objects = store().stored().ListForStudy("1");
  EXPECT_EQ(objects[2].digest, "d");
  EXPECT_TRUE(objects[2].result);
  EXPECT_EQ(objects[2].study_uid, "1");
  EXPECT_EQ(objects[0].file, "received/1.1");
  EXPECT_EQ(objects[0].bytes, 7u);
  EXPECT_FALSE(objects[0].result);
  EXPECT_THAT(Objects("2"), IsEmpty());
}

}  // namespace
}  // namespace mhcnn
