#include "mhcnn/jobs/result_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "mhcnn/jobs/database.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using testing_support::JobStoreTest;
using testing_support::SampleImage;
using testing_support::SampleResult;

class ResultRowsTest : public JobStoreTest {
 protected:
  /// A job of the exam's next revision, claimed.
  ExamJob NextJob(const std::string& study) {
    Add(SampleImage(study + "." + std::to_string(++images_), study));
    Close(study);
    return Claim();
  }
  /// Keeps results of a job as its end would.
  void Keep(const ExamJob& job, const std::vector<ResultFile>& results, bool send) {
    Database db(Options());
    db.Write([&] { AddResults(db, job, results, send); });
  }
  /// State of the delivery of each UID and destination.
  std::map<std::string, DeliveryState> States(std::int64_t exam) {
    std::map<std::string, DeliveryState> states;
    for (const Delivery& delivery : store().deliveries().ListForExam(exam))
      states[delivery.destination + " " + delivery.sop_uid] = delivery.state;
    return states;
  }
  std::vector<std::string> Before(std::int64_t exam, int revision) {
    Database db(Options());
    std::vector<std::string> files;
    for (const auto& file : db.Read([&] { return ListEarlierResults(db, exam, revision); }))
      files.push_back(file.string());
    return files;
  }

 private:
  int images_ = 0;
};
MHCNN_ON_BOTH_DATABASES(ResultRowsTest);

TEST_P(ResultRowsTest, ResultsThatAreNotSentHaveNoDeliveries) {
  const ExamJob job = NextJob("1");
  Keep(job, {SampleResult("sr", "a", {"PACS"})}, false);
  EXPECT_THAT(States(job.exam.id), IsEmpty());
  EXPECT_THAT(Before(job.exam.id, 2), IsEmpty());
}

TEST_P(ResultRowsTest, EachDestinationOfEachResultHasDelivery) {
  const ExamJob job = NextJob("1");
  Keep(job, {SampleResult("sr", "a", {"PACS", "FHIR"}), SampleResult("json", "a", {})}, true);
  EXPECT_THAT(States(job.exam.id),
              UnorderedElementsAre(Pair("PACS 2.25.sr.a", DeliveryState::kQueued),
                                   Pair("FHIR 2.25.sr.a", DeliveryState::kQueued)));
}

TEST_P(ResultRowsTest, NewRevisionGivesUpWhatItDoesNotHave) {
  const ExamJob first = NextJob("1");
  Keep(first, {SampleResult("seg", "a", {"PACS"}), SampleResult("sr", "a", {"PACS"})}, true);
  Keep(NextJob("1"), {SampleResult("seg", "a", {"PACS"}), SampleResult("sr", "b", {"PACS"})}, true);
  EXPECT_THAT(States(first.exam.id),
              UnorderedElementsAre(Pair("PACS 2.25.seg.a", DeliveryState::kQueued),
                                   Pair("PACS 2.25.sr.a", DeliveryState::kSuperseded),
                                   Pair("PACS 2.25.sr.b", DeliveryState::kQueued)));
}

TEST_P(ResultRowsTest, SendsNothingTwice) {
  const ExamJob first = NextJob("1");
  Keep(first, {SampleResult("seg", "a", {"PACS"})}, true);
  const auto batch = store().deliveries().Claim("PACS", "s1", delivery_);
  ASSERT_EQ(batch.size(), 1u);
  ASSERT_TRUE(store().deliveries().Stored(batch[0]));
  Keep(NextJob("1"), {SampleResult("seg", "a", {"PACS"})}, true);
  EXPECT_THAT(States(first.exam.id), ElementsAre(Pair("PACS 2.25.seg.a", DeliveryState::kStored)));
  EXPECT_THAT(store().deliveries().Claim("PACS", "s1", delivery_), IsEmpty());
}

TEST_P(ResultRowsTest, QueuesAgainWhatWasGivenUp) {
  const ExamJob first = NextJob("1");
  Keep(first, {SampleResult("sr", "a", {"PACS"})}, true);
  Keep(NextJob("1"), {SampleResult("sr", "b", {"PACS"})}, true);
  Keep(NextJob("1"), {SampleResult("sr", "a", {"PACS"})}, true);
  EXPECT_THAT(States(first.exam.id),
              UnorderedElementsAre(Pair("PACS 2.25.sr.a", DeliveryState::kQueued),
                                   Pair("PACS 2.25.sr.b", DeliveryState::kSuperseded)));
}

TEST_P(ResultRowsTest, ResultsBeforeAreOfTheLastRevisionThatWasSent) {
  const ExamJob first = NextJob("1");
  const std::int64_t exam = first.exam.id;
  Keep(first, {SampleResult("seg", "a", {}), SampleResult("sr", "a", {})}, true);
  const ExamJob second = NextJob("1");
  ASSERT_EQ(second.revision, 2);
  Keep(second, {SampleResult("sr", "b", {})}, false);
  EXPECT_THAT(Before(exam, 1), IsEmpty());
  EXPECT_THAT(Before(exam, 2), ElementsAre("results/seg-a", "results/sr-a"));
  EXPECT_THAT(Before(exam, 3), ElementsAre("results/seg-a", "results/sr-a"))
      << "what was not sent is not replaced";
  Keep(NextJob("1"), {SampleResult("sr", "c", {})}, true);
  EXPECT_THAT(Before(exam, 4), ElementsAre("results/sr-c"));
}

TEST_P(ResultRowsTest, ResultsCorrectedHaveAnEarlierVersion) {
  ExamJob job = NextJob("1");
  const std::int64_t exam = job.exam.id;
  Database db(Options());
  const auto corrected = [&](int version) {
    return db.Read([&] { return FindReplacedResults(db, exam, job.revision, version); });
  };
  EXPECT_THAT(corrected(1).files, IsEmpty());
  Keep(job, {SampleResult("sr", "model", {})}, true);
  EXPECT_THAT(corrected(1).files, ElementsAre("results/sr-model"));
  EXPECT_EQ(corrected(1).correction, 0);
  job.correction.emplace();
  job.correction->version = 1;
  ++job.id;  // the job of the correction
  Keep(job, {SampleResult("sr", "reader", {})}, true);
  EXPECT_THAT(corrected(1).files, ElementsAre("results/sr-model"));
  EXPECT_THAT(corrected(2).files, ElementsAre("results/sr-reader"));
  EXPECT_EQ(corrected(2).correction, 1);
}

}  // namespace
}  // namespace mhcnn
