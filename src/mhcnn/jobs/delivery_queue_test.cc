#include "mhcnn/jobs/delivery_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::JobStoreTest;
using testing_support::SampleResult;

class DeliveryQueueTest : public JobStoreTest {
 protected:
  std::vector<Delivery> Batch(const std::string& sender = "s1",
                              const std::string& destination = "PACS") {
    return store().deliveries().Claim(destination, sender, delivery_);
  }
  Exam Two(const std::string& study) {
    return FinishedExam(
        study, {SampleResult("sr", study, {"PACS"}), SampleResult("seg", study, {"PACS"})});
  }
  std::string Kinds(const std::vector<Delivery>& batch) {
    std::string kinds;
    for (const Delivery& delivery : batch) kinds += delivery.kind + " ";
    return kinds;
  }
};
MHCNN_ON_BOTH_DATABASES(DeliveryQueueTest);

TEST_P(DeliveryQueueTest, ClaimsTheDeliveriesOfOneExamTogether) {
  EXPECT_TRUE(Batch().empty());
  EXPECT_FALSE(store().deliveries().NextTry("PACS"));
  const Exam exam = Two("1");
  Two("2");
  const auto batch = Batch();
  ASSERT_EQ(batch.size(), 2u);
  EXPECT_EQ(batch[0].kind, "seg");
  EXPECT_EQ(batch[1].kind, "sr");
  EXPECT_EQ(batch[0].study_uid, "1");
  EXPECT_EQ(batch[0].patient_id, exam.patient_id);
  EXPECT_EQ(batch[0].file, "results/seg-1");
  EXPECT_EQ(batch[0].sop_class_uid, "1.2.840.10008.5.1.4.1.1.88.34");
  EXPECT_EQ(batch[0].state, DeliveryState::kSending);
  EXPECT_EQ(Batch("s2").at(0).study_uid, "2");
  EXPECT_TRUE(Batch("s3").empty());
  EXPECT_TRUE(Batch("s3", "Archive").empty());
}

TEST_P(DeliveryQueueTest, StoredEndsDelivery) {
  const Exam exam = Two("1");
  const auto batch = Batch();
  for (const Delivery& delivery : batch) EXPECT_TRUE(store().deliveries().Stored(delivery));
  EXPECT_TRUE(store().deliveries().Stored(batch[0])) << "said twice";
  for (const Delivery& delivery : store().deliveries().ListForExam(exam.id))
    EXPECT_EQ(delivery.state, DeliveryState::kStored);
  clock_.Advance(delivery_.lease);
  EXPECT_TRUE(Batch().empty());
  const auto counts = store().deliveries().Counts();
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0].destination, "PACS");
  EXPECT_EQ(counts[0].state, DeliveryState::kStored);
  EXPECT_EQ(counts[0].count, 2);
}

TEST_P(DeliveryQueueTest, DeadSendersDeliveriesAreDueAgainAndItsReportsRefused) {
  Two("1");
  const auto lost = Batch("s1");
  EXPECT_EQ(store().deliveries().NextTry("PACS"), clock_.Now() + delivery_.lease);
  ASSERT_TRUE(store().deliveries().Stored(lost[0]));
  clock_.Advance(delivery_.lease - milliseconds(1));
  EXPECT_TRUE(Batch("s2").empty());
  EXPECT_TRUE(store().deliveries().Renew(lost, delivery_)) << "one is finished, one held";
  clock_.Advance(delivery_.lease);
  const auto again = Batch("s2");
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].id, lost[1].id);
  EXPECT_EQ(again[0].attempt, 2);
  EXPECT_FALSE(store().deliveries().Renew(lost, delivery_));
  EXPECT_FALSE(store().deliveries().Stored(lost[1]));
  EXPECT_FALSE(store().deliveries().Failed(lost[1], "late", true, delivery_));
  store().deliveries().Release(lost);
  EXPECT_TRUE(store().deliveries().Stored(again[0]));
}

TEST_P(DeliveryQueueTest, TransientFailureIsTriedAgainAndOrderIsKept) {
  Two("1");
  auto batch = Batch();
  ASSERT_TRUE(store().deliveries().Failed(batch[0], "connection refused", false, delivery_));
  store().deliveries().Release({batch[1]});
  // The SR does not go before the SEG.
  EXPECT_TRUE(Batch().empty());
  const auto next = store().deliveries().NextTry("PACS").value();
  EXPECT_GE(next, clock_.Now() + delivery_.first_delay);
  EXPECT_LE(next, clock_.Now() + delivery_.first_delay * 5 / 4);
  clock_.Advance(next - clock_.Now());
  batch = Batch();
  EXPECT_EQ(Kinds(batch), "seg sr ");
  EXPECT_EQ(batch[0].error, "connection refused");
  ASSERT_TRUE(store().deliveries().Failed(batch[0], "connection refused", false, delivery_));
  EXPECT_GE(store().deliveries().ListForExam(batch[0].exam)[1].next_try,
            clock_.Now() + 2 * delivery_.first_delay);
}

TEST_P(DeliveryQueueTest, PermanentFailureIsDeadAndTheRestIsSent) {
  const Exam exam = Two("1");
  const auto batch = Batch();
  ASSERT_TRUE(store().deliveries().Failed(batch[0], "C000\nno", true, delivery_));
  ASSERT_TRUE(store().deliveries().Stored(batch[1]));
  clock_.Advance(delivery_.give_up);
  EXPECT_TRUE(Batch().empty());
  const Delivery dead = store().deliveries().ListForExam(exam.id)[1];
  EXPECT_EQ(dead.state, DeliveryState::kDead);
  EXPECT_THAT(dead.error, HasSubstr("C000\\x0A"));
  EXPECT_EQ(store().deliveries().RetryDead(exam.id + 1), 0);
  EXPECT_EQ(store().deliveries().RetryDead(exam.id), 1);
  const auto again = Batch();
  EXPECT_EQ(Kinds(again), "seg ");
  // It has its whole time again.
  ASSERT_TRUE(store().deliveries().Failed(again[0], "away", false, delivery_));
  EXPECT_EQ(store().deliveries().ListForExam(exam.id)[1].state, DeliveryState::kQueued);
}

TEST_P(DeliveryQueueTest, GivesUpAfterItsTime) {
  const Exam exam = FinishedExam("1", {SampleResult("sr", "1", {"PACS"})});
  const StoreTime start = clock_.Now();
  int tries = 0;
  while (store().deliveries().ListForExam(exam.id)[0].state != DeliveryState::kDead) {
    clock_.Advance(store().deliveries().NextTry("PACS").value() - clock_.Now());
    ASSERT_TRUE(store().deliveries().Failed(Batch().at(0), "away", false, delivery_));
    ++tries;
  }
  EXPECT_GE(clock_.Now() - start, delivery_.give_up);
  EXPECT_LE(clock_.Now() - start, delivery_.give_up + delivery_.longest_delay * 2);
  EXPECT_GT(tries, 100);
  EXPECT_LT(store().exams().History(exam.id).size(), 10u) << "the same failure is told once";
  EXPECT_FALSE(store().deliveries().NextTry("PACS"));
  Two("2");
  for (const Delivery& delivery : Batch())
    ASSERT_TRUE(store().deliveries().Failed(delivery, "no", true, delivery_));
  EXPECT_EQ(store().deliveries().RetryDead(0), 3);
}

TEST_P(DeliveryQueueTest, ReleasedDeliveriesAreDueAtOnce) {
  Two("1");
  const auto batch = Batch("s1");
  store().deliveries().Release(batch);
  EXPECT_EQ(Kinds(Batch("s2")), "seg sr ");
  EXPECT_FALSE(store().deliveries().Stored(batch[0]));
}

TEST(DeliveryRules, NamesFieldOutOfRange) {
  DeliveryRules rules;
  rules.Check();
  rules.longest_delay = milliseconds(1);
  EXPECT_THAT(ErrorMessage([&] { rules.Check(); }, ErrorCode::kUsage), HasSubstr("longest_delay"));
  EXPECT_EQ(DeliveryStateName(DeliveryState::kSuperseded), std::string("superseded"));
}

}  // namespace
}  // namespace mhcnn
