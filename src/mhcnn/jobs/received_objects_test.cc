#include "mhcnn/jobs/received_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using testing_support::ErrorMessage;
using testing_support::JobStoreTest;
using testing_support::SampleImage;
using testing_support::SampleResult;

class ReceivedObjectsTest : public JobStoreTest {};
MHCNN_ON_BOTH_DATABASES(ReceivedObjectsTest);

TEST_P(ReceivedObjectsTest, FirstObjectOpensExam) {
  ReceivedObject image = SampleImage("1.1", "1");
  image.file = "received/\xff odd";  // any bytes
  image.peer = "stow:192.0.2.7";
  const Receipt receipt = Add(image);
  EXPECT_EQ(receipt.kind, Receipt::Kind::kNew);
  EXPECT_TRUE(receipt.changes_exam);
  EXPECT_EQ(receipt.file, image.file);
  const Exam exam = store().exams().FindStudy("1").value();
  EXPECT_EQ(exam.state, ExamState::kReceiving);
  EXPECT_EQ(exam.revision, 1);
  EXPECT_EQ(exam.images, 1);
  EXPECT_EQ(exam.patient_id, image.patient_id);
  EXPECT_EQ(exam.first_received, clock_.Now());
  const ReceivedObject found = store().objects().Find("1.1").value();
  EXPECT_EQ(found.file, image.file);
  EXPECT_EQ(found.bytes, 1000u);
  EXPECT_EQ(found.peer, image.peer);
  EXPECT_EQ(found.demographics_digest, image.demographics_digest);
  EXPECT_EQ(store().objects().ListForExam(exam.id).size(), 1u);
  EXPECT_FALSE(store().objects().Find("1.2"));
}

TEST_P(ReceivedObjectsTest, DuplicateChangesNothingAndDoesNotProlongQuietTime) {
  Add(SampleImage("1.1", "1"));
  const auto complete = store().exams().NextComplete();
  clock_.Advance(milliseconds(1000));
  ReceivedObject again = SampleImage("1.1", "1");
  again.peer = "stow:192.0.2.9";
  const Receipt receipt = Add(again);
  EXPECT_EQ(receipt.kind, Receipt::Kind::kDuplicate);
  EXPECT_FALSE(receipt.changes_exam);
  EXPECT_EQ(store().exams().NextComplete(), complete);
  EXPECT_EQ(store().objects().Find("1.1")->peer, SampleImage("1.1", "1").peer);
  const Exam exam = Close("1");
  EXPECT_EQ(exam.images, 1);
  EXPECT_EQ(Add(again).kind, Receipt::Kind::kDuplicate);
  EXPECT_EQ(Find(exam.id).state, ExamState::kWaiting);
}

TEST_P(ReceivedObjectsTest, ChangedHeaderAloneReplacesFileAndMeasuresNothing) {
  const Exam exam = FinishedExam("1", {});
  ReceivedObject image = SampleImage("1.1.1", "1");
  image.digest = "another";
  image.file = "received/another";
  const Receipt receipt = Add(image);
  EXPECT_EQ(receipt.kind, Receipt::Kind::kRevision);
  EXPECT_FALSE(receipt.changes_exam);
  EXPECT_EQ(Find(exam.id).state, ExamState::kDone);
  EXPECT_EQ(store().objects().ListForExam(exam.id).at(0).file, "received/another");
}

TEST_P(ReceivedObjectsTest, ChangedPixelsOrDemographicsMakeRevision) {
  const Exam exam = FinishedExam("1", {});
  EXPECT_TRUE(Add(SampleImage("1.1.1", "1", "", "other pixels")).changes_exam);
  EXPECT_EQ(Find(exam.id).revision, 2);
  EXPECT_EQ(Find(exam.id).state, ExamState::kReceiving);
  EXPECT_EQ(Find(exam.id).images, 1);
  Close("1");
  ASSERT_TRUE(store().work().Finish(Claim(), "{}", false, {}));
  ReceivedObject renamed = SampleImage("1.1.1", "1", "", "other pixels");
  renamed.patient_id = "corrected";
  renamed.digest += "2";
  renamed.demographics_digest += "2";
  EXPECT_TRUE(Add(renamed).changes_exam);
  EXPECT_EQ(Find(exam.id).revision, 3);
  EXPECT_EQ(Find(exam.id).patient_id, "corrected");
}

TEST_P(ReceivedObjectsTest, ImageUnderOtherStudyLeavesItsExam) {
  Add(SampleImage("1.1", "1"));
  Add(SampleImage("1.2", "1"));
  const Exam old = Close("1");
  ASSERT_TRUE(store().work().Finish(Claim(), "{}", false, {SampleResult("sr", "a", {"PACS"})}));
  EXPECT_TRUE(Add(SampleImage("1.2", "2")).changes_exam);
  EXPECT_EQ(Find(old.id).revision, 2);
  EXPECT_EQ(Find(old.id).state, ExamState::kReceiving);
  EXPECT_EQ(Find(old.id).images, 1);
  EXPECT_EQ(store().exams().FindStudy("2")->images, 1);
  // The last image leaves too.
  Add(SampleImage("1.1", "2"));
  EXPECT_EQ(Find(old.id).state, ExamState::kCancelled);
  EXPECT_THAT(Find(old.id).reason, ::testing::HasSubstr("no images left"));
  EXPECT_EQ(store().deliveries().ListForExam(old.id).at(0).state, DeliveryState::kSuperseded);
  EXPECT_EQ(Close("2").images, 2);
  EXPECT_EQ(Claim().exam.study_uid, "2");
  EXPECT_FALSE(store().work().Claim("w1", work_)) << "of the exam without images";
}

TEST_P(ReceivedObjectsTest, OtherObjectsOpenNoExam) {
  for (const ObjectPurpose use :
       {ObjectPurpose::kKeep, ObjectPurpose::kOwnResult, ObjectPurpose::kQuarantine}) {
    ReceivedObject object = SampleImage("5." + std::to_string(static_cast<int>(use)), "5");
    object.use = use;
    object.reason = "says why";
    EXPECT_FALSE(Add(object).changes_exam);
  }
  EXPECT_FALSE(store().exams().FindStudy("5"));
  EXPECT_EQ(store().objects().Find("5.1")->use, ObjectPurpose::kKeep);
}

TEST_P(ReceivedObjectsTest, QuarantinedObjectDoesNotReplaceGoodOne) {
  Add(SampleImage("1.1", "1"));
  ReceivedObject broken = SampleImage("1.1", "1", "", "cut short");
  broken.use = ObjectPurpose::kQuarantine;
  EXPECT_EQ(Add(broken).kind, Receipt::Kind::kNew);
  EXPECT_EQ(Add(broken).kind, Receipt::Kind::kDuplicate);
  EXPECT_EQ(store().objects().Find("1.1")->use, ObjectPurpose::kMeasure);
  EXPECT_EQ(store().exams().FindStudy("1")->images, 1);
}

TEST_P(ReceivedObjectsTest, ImageThatIsNoLongerMeasuredLeavesItsExam) {
  Add(SampleImage("1.1", "1"));
  ReceivedObject other = SampleImage("1.1", "1", "", "a document now");
  other.use = ObjectPurpose::kKeep;
  EXPECT_TRUE(Add(other).changes_exam);
  EXPECT_EQ(store().exams().FindStudy("1")->state, ExamState::kCancelled);
  // And back.
  EXPECT_TRUE(Add(SampleImage("1.1", "1")).changes_exam);
  EXPECT_EQ(store().exams().FindStudy("1")->state, ExamState::kReceiving);
  EXPECT_EQ(store().exams().FindStudy("1")->revision, 2);
}

TEST_P(ReceivedObjectsTest, OddTextOfPeersIsKeptAsUtf8) {
  ReceivedObject image = SampleImage("1.1", "1");
  image.patient_id = std::string("M\xfcller\0", 7);
  image.issuer = "'; DROP TABLE exams; -- ? :p1";
  Add(image);
  const Exam exam = store().exams().FindStudy("1").value();
  EXPECT_EQ(exam.patient_id, "M\xc3\xbcller");
  EXPECT_EQ(exam.issuer, image.issuer);
}

TEST(CompletenessRules, NamesFieldOutOfRange) {
  CompletenessRules rules;
  rules.Check();
  rules.hard_limit = milliseconds(0);
  EXPECT_THAT(ErrorMessage([&] { rules.Check(); }, ErrorCode::kUsage),
              ::testing::HasSubstr("hard_limit"));
}

}  // namespace
}  // namespace mhcnn
