#include "mhcnn/jobs/delivery_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using testing_support::JobStoreTest;
using testing_support::SampleResult;

class DeliveryRowsTest : public JobStoreTest {
 protected:
  std::vector<DeliveryRow> Open(std::int64_t exam, const std::string& destination) {
    Database db(Options());
    return db.Read([&] { return OpenDeliveries(db, exam, destination); });
  }
  static std::vector<std::string> Kinds(const std::vector<DeliveryRow>& rows) {
    std::vector<std::string> kinds;
    for (const auto& row : rows) kinds.push_back(row.delivery.kind);
    return kinds;
  }
};
MHCNN_ON_BOTH_DATABASES(DeliveryRowsTest);

TEST_P(DeliveryRowsTest, HoldWhatWasWritten) {
  ResultFile result = SampleResult("sr", "a", {"PACS"});
  result.file = "results/odd \xFF\n'name";
  const StoreTime before = clock_.Now() + rules_.quiet;
  const Exam exam = FinishedExam("1.2", {result});
  const auto rows = Open(exam.id, "PACS");
  ASSERT_EQ(rows.size(), 1u);
  const Delivery& delivery = rows[0].delivery;
  EXPECT_EQ(delivery.exam, exam.id);
  EXPECT_EQ(delivery.study_uid, "1.2");
  EXPECT_EQ(delivery.patient_id, "patient-of-1.2");
  EXPECT_EQ(delivery.sop_uid, result.sop_uid);
  EXPECT_EQ(delivery.sop_class_uid, result.sop_class_uid);
  EXPECT_EQ(delivery.kind, "sr");
  EXPECT_EQ(delivery.file, result.file);
  EXPECT_EQ(delivery.digest, result.digest);
  EXPECT_EQ(delivery.destination, "PACS");
  EXPECT_EQ(delivery.state, DeliveryState::kQueued);
  EXPECT_EQ(delivery.attempt, 0);
  EXPECT_EQ(delivery.made, before);
  EXPECT_EQ(delivery.next_try, before);
  EXPECT_EQ(rows[0].failures, 0);
  EXPECT_FALSE(rows[0].given_up);
}

TEST_P(DeliveryRowsTest, AreInTheOrderOfSendingAndOfOneParcel) {
  const Exam exam = FinishedExam(
      "1", {SampleResult("sc", "a", {"PACS"}), SampleResult("cad", "a", {"PACS"}),
            SampleResult("seg", "a", {"PACS", "Archive"}), SampleResult("sr", "a", {"PACS"})});
  FinishedExam("2", {SampleResult("sr", "b", {"PACS"})});
  EXPECT_THAT(Kinds(Open(exam.id, "PACS")), ElementsAre("seg", "sr", "cad", "sc"));
  EXPECT_THAT(Kinds(Open(exam.id, "Archive")), ElementsAre("seg"));
  EXPECT_TRUE(Open(exam.id, "none").empty());
}

TEST_P(DeliveryRowsTest, LeaveOutWhatEnded) {
  const Exam exam =
      FinishedExam("1", {SampleResult("seg", "a", {"PACS"}), SampleResult("sr", "a", {"PACS"})});
  const auto batch = store().deliveries().Claim("PACS", "s1", delivery_);
  ASSERT_EQ(batch.size(), 2u);
  ASSERT_TRUE(store().deliveries().Stored(batch[0]));
  const auto open = Open(exam.id, "PACS");
  EXPECT_THAT(Kinds(open), ElementsAre("sr"));
  EXPECT_EQ(open.at(0).delivery.state, DeliveryState::kSending);
  EXPECT_EQ(open.at(0).delivery.sender, "s1");
  EXPECT_EQ(open.at(0).delivery.next_try, clock_.Now() + delivery_.lease);
  Database db(Options());
  const auto all = db.Read([&] {
    return SelectDeliveries(db, "deliveries.exam = ? ORDER BY deliveries.id DESC", {exam.id});
  });
  EXPECT_THAT(Kinds(all), ElementsAre("sr", "seg"));
}

}  // namespace
}  // namespace mhcnn
