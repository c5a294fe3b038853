#include "mhcnn/jobs/work_queue.h"

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
using testing_support::SampleImage;
using testing_support::SampleResult;

class WorkQueueTest : public JobStoreTest {
 protected:
  std::vector<std::string> Kinds(const std::string& destination) {
    std::vector<std::string> kinds;
    for (const Delivery& d : store().deliveries().Claim(destination, "s1", delivery_))
      kinds.push_back(d.kind + "-" + d.sop_uid.substr(d.sop_uid.rfind('.') + 1));
    return kinds;
  }
};
MHCNN_ON_BOTH_DATABASES(WorkQueueTest);

TEST_P(WorkQueueTest, ClaimsEachJobOnceTheOldestFirst) {
  EXPECT_FALSE(store().work().Claim("w1", work_));
  EXPECT_FALSE(store().work().OldestReadyAge());
  ClosedExam("1");
  ClosedExam("2");
  EXPECT_EQ(store().work().OldestReadyAge(), rules_.quiet);
  const ExamJob first = Claim();
  EXPECT_EQ(first.exam.study_uid, "1");
  EXPECT_EQ(first.exam.state, ExamState::kRunning);
  EXPECT_EQ(first.attempt, 1);
  EXPECT_EQ(first.images.size(), 1u);
  EXPECT_EQ(first.images.at(0).sop_uid, "1.1.1");
  EXPECT_EQ(Find(first.exam.id).state, ExamState::kRunning);
  EXPECT_EQ(Claim().exam.study_uid, "2");
  EXPECT_FALSE(store().work().Claim("w1", work_));
  EXPECT_EQ(store().work().Counts(), std::pair(std::int64_t{0}, std::int64_t{2}));
}

TEST_P(WorkQueueTest, FinishQueuesDeliveriesInOrderOfSending) {
  const Exam exam = FinishedExam(
      "1", {SampleResult("sc", "a", {"PACS"}), SampleResult("json", "a", {}),
            SampleResult("cad", "a", {"PACS"}), SampleResult("seg", "a", {"PACS", "Archive"}),
            SampleResult("sr", "a", {"PACS"})});
  EXPECT_EQ(exam.state, ExamState::kDone);
  EXPECT_EQ(exam.summary, "{}");
  EXPECT_THAT(Kinds("PACS"), ::testing::ElementsAre("seg-a", "sr-a", "cad-a", "sc-a"));
  EXPECT_THAT(Kinds("Archive"), ::testing::ElementsAre("seg-a"));
}

TEST_P(WorkQueueTest, DeadWorkersJobReturnsAndItsLateResultIsRefused) {
  ClosedExam("1");
  const ExamJob lost = Claim("w1");
  clock_.Advance(work_.lease - milliseconds(1));
  EXPECT_FALSE(store().work().Claim("w2", work_));
  EXPECT_TRUE(store().work().Renew(lost, work_));
  clock_.Advance(work_.lease - milliseconds(1));
  EXPECT_FALSE(store().work().Claim("w2", work_));
  clock_.Advance(milliseconds(1));
  const ExamJob again = Claim("w2");
  EXPECT_EQ(again.id, lost.id);
  EXPECT_EQ(again.attempt, 2);
  EXPECT_FALSE(store().work().Renew(lost, work_));
  EXPECT_FALSE(store().work().Finish(lost, "{\"late\":1}", false, {}));
  EXPECT_FALSE(store().work().Fail(lost, "late", true, work_));
  EXPECT_FALSE(store().work().Refuse(lost, "late"));
  store().work().Release(lost);
  EXPECT_TRUE(store().work().Finish(again, "{\"good\":1}", false, {}));
  EXPECT_TRUE(store().work().Finish(again, "{\"twice\":1}", false, {})) << "a repeated call";
  EXPECT_EQ(Find(again.exam.id).summary, "{\"good\":1}");
}

TEST_P(WorkQueueTest, RepeatedWorkerDeathFailsExam) {
  const Exam exam = ClosedExam("1");
  for (int i = 0; i < work_.max_attempts; ++i) {
    Claim("w" + std::to_string(i));
    clock_.Advance(work_.lease);
  }
  EXPECT_FALSE(store().work().Claim("w", work_));
  EXPECT_EQ(Find(exam.id).state, ExamState::kDead);
  EXPECT_THAT(Find(exam.id).reason, HasSubstr("w2 did not report"));
  store().exams().Retry(exam.id);
  EXPECT_EQ(Claim().exam.id, exam.id);
}

TEST_P(WorkQueueTest, FailureIsTriedAgainAtGrowingIntervals) {
  const Exam exam = ClosedExam("1");
  ASSERT_TRUE(store().work().Fail(Claim(), "odd", false, work_));
  EXPECT_EQ(Find(exam.id).state, ExamState::kWaiting);
  clock_.Advance(work_.first_delay - milliseconds(1));
  EXPECT_FALSE(store().work().Claim("w1", work_));
  clock_.Advance(work_.first_delay / 4 + milliseconds(1));
  ASSERT_TRUE(store().work().Fail(Claim(), "odd", false, work_));
  clock_.Advance(2 * work_.first_delay - milliseconds(1));
  EXPECT_FALSE(store().work().Claim("w1", work_));
  clock_.Advance(work_.first_delay / 2 + milliseconds(1));
  ASSERT_TRUE(store().work().Fail(Claim(), "the last", false, work_));
  EXPECT_EQ(Find(exam.id).state, ExamState::kDead);
  EXPECT_EQ(Find(exam.id).reason, "the last");
}

TEST_P(WorkQueueTest, PermanentFailureIsNotTriedAgain) {
  const Exam exam = ClosedExam("1");
  ASSERT_TRUE(store().work().Fail(Claim(), "no model", true, work_));
  EXPECT_EQ(Find(exam.id).state, ExamState::kDead);
  clock_.Advance(work_.longest_delay);
  EXPECT_FALSE(store().work().Claim("w1", work_));
}

TEST_P(WorkQueueTest, RefusalEndsTheExamWithReason) {
  const Exam exam = ClosedExam("1");
  ASSERT_TRUE(store().work().Refuse(Claim(), "all images are specimens",
                                    {SampleResult("sc", "why", {"PACS"})}));
  EXPECT_EQ(Find(exam.id).state, ExamState::kRefused);
  EXPECT_EQ(Find(exam.id).reason, "all images are specimens");
  EXPECT_THAT(Kinds("PACS"), ::testing::ElementsAre("sc-why"));
}

TEST_P(WorkQueueTest, ReleasedJobCountsNoAttempt) {
  ClosedExam("1");
  for (int i = 0; i < 2 * work_.max_attempts; ++i) store().work().Release(Claim());
  EXPECT_EQ(Find(Claim().exam.id).state, ExamState::kRunning);
}

TEST_P(WorkQueueTest, ResultOfRevisionThatIsNotTheLastIsKeptButNotSent) {
  const Exam exam = ClosedExam("1");
  const ExamJob first = Claim("w1");
  Add(SampleImage("1.late", "1"));
  EXPECT_EQ(Find(exam.id).state, ExamState::kReceiving);
  EXPECT_TRUE(store().work().Renew(first, work_));
  Close("1");
  const ExamJob second = Claim("w2");
  EXPECT_EQ(second.revision, 2);
  EXPECT_EQ(second.images.size(), 2u);
  ASSERT_TRUE(
      store().work().Finish(second, "{\"r\":2}", false, {SampleResult("sr", "two", {"PACS"})}));
  ASSERT_TRUE(
      store().work().Finish(first, "{\"r\":1}", false, {SampleResult("sr", "one", {"PACS"})}));
  EXPECT_EQ(Find(exam.id).summary, "{\"r\":2}");
  EXPECT_EQ(Find(exam.id).state, ExamState::kDone);
  EXPECT_THAT(Kinds("PACS"), ::testing::ElementsAre("sr-two"));
  EXPECT_TRUE(Kinds("PACS").empty());
}

TEST_P(WorkQueueTest, FailedAttemptOfOldRevisionDoesNotTouchTheNewOne) {
  const Exam exam = ClosedExam("1");
  const ExamJob first = Claim("w1");
  Add(SampleImage("1.late", "1"));
  ASSERT_TRUE(store().work().Fail(first, "odd", true, work_));
  EXPECT_EQ(Find(exam.id).state, ExamState::kReceiving);
  Close("1");
  EXPECT_EQ(Claim().revision, 2);
}

TEST_P(WorkQueueTest, NewRevisionReplacesUnsentResultsAndNamesThoseBefore) {
  const Exam exam = FinishedExam(
      "1", {SampleResult("seg", "one", {"PACS"}), SampleResult("sr", "one", {"PACS"})});
  const auto batch = store().deliveries().Claim("PACS", "s1", delivery_);
  ASSERT_EQ(batch.size(), 2u);
  ASSERT_TRUE(store().deliveries().Stored(batch[0]));
  Add(SampleImage("1.late", "1"));
  Close("1");
  const ExamJob job = Claim();
  EXPECT_THAT(job.earlier_results, ::testing::ElementsAre("results/seg-one", "results/sr-one"));
  ASSERT_TRUE(store().work().Finish(
      job, "{}", false,
      {SampleResult("seg", "one", {"PACS"}), SampleResult("sr", "two", {"PACS"})}));
  // The SR of revision 1 was on its way: it is not tried again; that of revision 2 waits for it.
  EXPECT_TRUE(Kinds("PACS").empty());
  ASSERT_TRUE(store().deliveries().Failed(batch[1], "no answer", false, delivery_));
  EXPECT_THAT(Kinds("PACS"), ::testing::ElementsAre("sr-two")) << "the SEG is stored already";
  std::vector<std::string> states;
  for (const Delivery& d : store().deliveries().ListForExam(exam.id))
    states.push_back(DeliveryStateName(d.state));
  EXPECT_THAT(states, ::testing::ElementsAre("stored", "superseded", "sending"));
}

TEST(WorkRules, NamesFieldOutOfRange) {
  WorkRules rules;
  rules.Check();
  rules.max_attempts = 0;
  EXPECT_THAT(ErrorMessage([&] { rules.Check(); }, ErrorCode::kUsage), HasSubstr("max_attempts"));
}

}  // namespace
}  // namespace mhcnn
