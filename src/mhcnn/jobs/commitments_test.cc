#include "mhcnn/jobs/commitments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using testing_support::JobStoreTest;
using testing_support::SampleResult;

class CommitmentsTest : public JobStoreTest {
 protected:
  std::vector<Delivery> Send() {
    const auto batch = store().deliveries().Claim("PACS", "s1", delivery_);
    for (const Delivery& delivery : batch) EXPECT_TRUE(store().deliveries().Stored(delivery));
    return batch;
  }
  std::vector<Delivery> ListDueForCommitment() {
    return store().commitments().ListDueForCommitment("PACS", hour_, 24 * hour_);
  }
  const milliseconds hour_{3'600'000};
};
MHCNN_ON_BOTH_DATABASES(CommitmentsTest);

TEST_P(CommitmentsTest, AsksForStoredDeliveriesOfOneExamAndAgainWhenOverdue) {
  EXPECT_TRUE(ListDueForCommitment().empty());
  for (const std::string study : {"1", "2"})
    FinishedExam(study,
                 {SampleResult("sr", study, {"PACS"}), SampleResult("seg", study, {"PACS"})});
  EXPECT_TRUE(ListDueForCommitment().empty()) << "nothing is stored";
  Send();
  Send();
  const auto first = ListDueForCommitment();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].kind, "seg");
  EXPECT_EQ(first[0].exam, first[1].exam);
  store().commitments().Asked("2.25.1", first);
  EXPECT_NE(ListDueForCommitment().at(0).exam, first[0].exam);
  store().commitments().Asked("2.25.2", ListDueForCommitment());
  EXPECT_TRUE(ListDueForCommitment().empty());
  clock_.Advance(hour_);
  EXPECT_EQ(ListDueForCommitment().size(), 2u) << "overdue";
  clock_.Advance(23 * hour_);
  EXPECT_TRUE(ListDueForCommitment().empty()) << "a day without an answer";
  clock_.Advance(-23 * hour_);
  // The late answer to the first question still counts.
  store().commitments().Asked("2.25.3", ListDueForCommitment());
  EXPECT_TRUE(store().commitments().Reported("2.25.1", {first[0].sop_uid, first[1].sop_uid}, {}));
  for (const Delivery& delivery : store().deliveries().ListForExam(first[0].exam))
    EXPECT_EQ(delivery.state, DeliveryState::kCommitted);
}

TEST_P(CommitmentsTest, WhatTheDestinationDoesNotHaveIsSentAgain) {
  const Exam exam =
      FinishedExam("1", {SampleResult("seg", "1", {"PACS"}), SampleResult("sr", "1", {"PACS"})});
  const auto batch = Send();
  store().commitments().Asked("2.25.1", batch);
  EXPECT_TRUE(store().commitments().Reported("2.25.1", {batch[0].sop_uid, "9.9"},
                                             {{batch[1].sop_uid, "0112 no such object"}}));
  const Delivery again = store().deliveries().ListForExam(exam.id)[1];
  EXPECT_EQ(again.state, DeliveryState::kQueued);
  EXPECT_THAT(again.error, ::testing::HasSubstr("0112"));
  clock_.Advance(delivery_.first_delay * 2);
  ASSERT_EQ(Send().size(), 1u);
  // A report that comes twice changes nothing, also not what was stored since.
  EXPECT_TRUE(store().commitments().Reported("2.25.1", {}, {{batch[1].sop_uid, "0112"}}));
  EXPECT_EQ(store().deliveries().ListForExam(exam.id)[1].state, DeliveryState::kStored);
  EXPECT_EQ(ListDueForCommitment().size(), 1u);
  EXPECT_EQ(store().deliveries().ListForExam(exam.id)[0].state, DeliveryState::kCommitted);
}

TEST_P(CommitmentsTest, ReportOfUnknownTransactionIsRefused) {
  EXPECT_FALSE(store().commitments().Reported("2.25.77", {"1.1"}, {}));
}

TEST_P(CommitmentsTest, DestinationThatNeverKeepsAnObjectIsGivenUp) {
  const Exam exam = FinishedExam("1", {SampleResult("sr", "1", {"PACS"})});
  int times = 0;
  while (store().deliveries().ListForExam(exam.id)[0].state != DeliveryState::kDead) {
    ASSERT_LT(++times, 1000);
    if (const auto next = store().deliveries().NextTry("PACS")) {
      clock_.Advance(std::max(milliseconds(0), *next - clock_.Now()));
    }
    const auto batch = Send();
    const std::string uid = "2.25." + std::to_string(times);
    store().commitments().Asked(uid, batch);
    store().commitments().Reported(uid, {}, {{batch.at(0).sop_uid, ""}});
  }
  EXPECT_THAT(store().deliveries().ListForExam(exam.id)[0].error,
              ::testing::HasSubstr("no reason given"));
}

}  // namespace
}  // namespace mhcnn
