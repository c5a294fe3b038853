#include "mhcnn/jobs/exams.h"

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

class ExamsTest : public JobStoreTest {};
MHCNN_ON_BOTH_DATABASES(ExamsTest);

TEST_P(ExamsTest, ClosesAfterQuietTime) {
  Add(SampleImage("1.1", "1", "L-CC"));
  clock_.Advance(milliseconds(30'000));
  Add(SampleImage("1.2", "1", "R-CC"));
  EXPECT_EQ(store().exams().NextComplete(), clock_.Now() + rules_.quiet);
  clock_.Advance(rules_.quiet - milliseconds(1));
  EXPECT_EQ(store().exams().CloseComplete(), 0);
  clock_.Advance(milliseconds(1));
  EXPECT_EQ(store().exams().CloseComplete(), 1);
  EXPECT_EQ(store().exams().CloseComplete(), 0);
  const Exam exam = store().exams().FindStudy("1").value();
  EXPECT_EQ(exam.state, ExamState::kWaiting);
  EXPECT_TRUE(exam.incomplete) << "without four views";
  EXPECT_FALSE(store().exams().NextComplete());
  EXPECT_EQ(store().work().Counts(), std::pair(std::int64_t{1}, std::int64_t{0}));
}

TEST_P(ExamsTest, ClosesSoonAfterFourViews) {
  for (const std::string view : {"L-CC", "L-MLO", "R-CC"}) Add(SampleImage(view, "1", view));
  EXPECT_EQ(store().exams().NextComplete(), clock_.Now() + rules_.quiet);
  Add(SampleImage("4", "1", "R-MLO"));
  EXPECT_EQ(store().exams().NextComplete(), clock_.Now() + rules_.four_views);
  clock_.Advance(rules_.four_views);
  EXPECT_EQ(store().exams().CloseComplete(), 1);
  EXPECT_FALSE(store().exams().FindStudy("1")->incomplete);
}

TEST_P(ExamsTest, ClosesAtHardLimitWithFlag) {
  const StoreTime start = clock_.Now();
  int count = 0;
  for (const std::string view : {"L-CC", "L-MLO", "R-CC", "R-MLO"})
    Add(SampleImage(view, "1", view));
  rules_.four_views = rules_.quiet;
  while (clock_.Now() - start < rules_.hard_limit) {
    EXPECT_EQ(store().exams().CloseComplete(), 0);
    Add(SampleImage("1." + std::to_string(++count), "1"));
    clock_.Advance(milliseconds(40'000));
  }
  EXPECT_EQ(store().exams().CloseComplete(), 1);
  EXPECT_TRUE(store().exams().FindStudy("1")->incomplete);
  // The limit of the next revision counts from its first image.
  Add(SampleImage("1.late", "1"));
  EXPECT_EQ(store().exams().NextComplete(), clock_.Now() + rules_.quiet);
  EXPECT_FALSE(store().exams().FindStudy("1")->incomplete);
}

TEST_P(ExamsTest, LateImageBeforeTheClaimReplacesTheJob) {
  const Exam exam = ClosedExam("1");
  Add(SampleImage("1.2", "1"));
  EXPECT_FALSE(store().work().Claim("w1", work_));
  Close("1");
  const ExamJob job = Claim();
  EXPECT_EQ(job.revision, 2);
  EXPECT_EQ(job.images.size(), 2u);
  EXPECT_EQ(job.exam.id, exam.id);
  EXPECT_FALSE(store().work().Claim("w1", work_));
}

TEST_P(ExamsTest, ListsByFilterTheNewestFirst) {
  for (int i = 1; i <= 5; ++i) {
    ReceivedObject image = SampleImage("9." + std::to_string(i), "study" + std::to_string(i));
    image.study_date = "2026010" + std::to_string(i);
    image.patient_id = i % 2 ? "odd" : "even";
    Add(image);
  }
  const auto studies = [&](const ExamFilter& filter) {
    std::string result;
    for (const Exam& exam : store().exams().List(filter)) result += exam.study_uid.back();
    return result;
  };
  EXPECT_EQ(studies({}), "54321");
  ExamFilter filter;
  filter.patient_id = "odd";
  EXPECT_EQ(studies(filter), "531");
  filter.study_date_from = "20260102";
  filter.study_date_to = "20260103";
  EXPECT_EQ(studies(filter), "3");
  filter = {};
  filter.limit = 2;
  EXPECT_EQ(studies(filter), "54");
  filter.before_id = store().exams().FindStudy("study4")->id;
  EXPECT_EQ(studies(filter), "32");
  filter = {};
  filter.state = ExamState::kDone;
  EXPECT_EQ(studies(filter), "");
  EXPECT_THAT(store().exams().Counts(), ::testing::ElementsAre(5, 0, 0, 0, 0, 0, 0));
}

TEST_P(ExamsTest, FindsMeasuredEarlierExamsOfThePatient) {
  const auto add = [&](const std::string& study, const std::string& date,
                       const std::string& patient, const std::string& issuer) {
    ReceivedObject image = SampleImage(study + ".1", study);
    image.study_date = date;
    image.patient_id = patient;
    image.issuer = issuer;
    Add(image);
    return Close(study);
  };
  const auto finish = [&] { ASSERT_TRUE(store().work().Finish(Claim(), "{\"a\":1}", false, {})); };
  add("2024", "20240101", "P", "A");
  finish();
  add("2022", "20220101", "P", "A");  // received later
  finish();
  add("other", "20230101", "P", "B");
  finish();
  add("refused", "20210101", "P", "A");
  ASSERT_TRUE(store().work().Refuse(Claim(), "no"));
  add("later", "20270101", "P", "A");
  finish();
  const Exam now = add("now", "20260101", "P", "A");
  const auto names = [](const std::vector<Exam>& exams) {
    std::string result;
    for (const Exam& exam : exams) result += exam.study_uid + " ";
    return result;
  };
  EXPECT_EQ(names(store().exams().Priors(now)), "2022 2024 ");
  EXPECT_EQ(names(Claim().priors), "2022 2024 ");
  const Exam nobody = add("nobody", "20260101", "", "A");
  EXPECT_TRUE(store().exams().Priors(nobody).empty());
}

TEST_P(ExamsTest, CancelGivesUpJobAndUnsentDeliveries) {
  const Exam exam = FinishedExam(
      "1", {SampleResult("seg", "a", {"PACS"}), SampleResult("sr", "a", {"PACS", "FHIR"})});
  const auto sending = store().deliveries().Claim("FHIR", "s1", delivery_);
  ASSERT_EQ(sending.size(), 1u);
  store().exams().Cancel(exam.id, "a person");
  EXPECT_EQ(Find(exam.id).state, ExamState::kCancelled);
  EXPECT_EQ(Find(exam.id).reason, "cancelled by a person");
  EXPECT_TRUE(store().deliveries().Claim("PACS", "s1", delivery_).empty());
  // What is on its way cannot be taken back; it is said what became of it.
  EXPECT_TRUE(store().deliveries().Stored(sending[0]));
  EXPECT_THAT(ErrorMessage([&] { store().exams().Cancel(exam.id, "b"); }, ErrorCode::kUsage),
              HasSubstr("cancelled already"));
  EXPECT_THAT(ErrorMessage([&] { store().exams().Cancel(99, "b"); }, ErrorCode::kUsage),
              HasSubstr("exam 99"));
}

TEST_P(ExamsTest, WorkerOfCancelledExamIsStopped) {
  const Exam exam = ClosedExam("1");
  const ExamJob job = Claim();
  store().exams().Cancel(exam.id, "a person");
  EXPECT_FALSE(store().work().Renew(job, work_));
  EXPECT_FALSE(store().work().Finish(job, "{}", false, {SampleResult("sr", "a", {"PACS"})}));
  EXPECT_TRUE(store().deliveries().ListForExam(exam.id).empty());
  EXPECT_EQ(Find(exam.id).state, ExamState::kCancelled);
  // New images of it are an exam to be measured again.
  Add(SampleImage("1.new", "1"));
  EXPECT_EQ(Close("1").state, ExamState::kWaiting);
  EXPECT_EQ(Claim().revision, 2);
}

TEST_P(ExamsTest, RetryGivesNewJobAndSendsNothingTwice) {
  const std::vector<ResultFile> results = {SampleResult("seg", "a", {"PACS"}),
                                           SampleResult("sr", "a", {"PACS"})};
  const Exam exam = FinishedExam("1", results);
  const auto batch = store().deliveries().Claim("PACS", "s1", delivery_);
  ASSERT_EQ(batch.size(), 2u);
  EXPECT_TRUE(store().deliveries().Stored(batch[0]));
  EXPECT_TRUE(store().deliveries().Failed(batch[1], "refused", true, delivery_));
  ClosedExam("2");
  store().exams().Retry(exam.id);
  EXPECT_THAT(ErrorMessage([&] { store().exams().Retry(exam.id); }, ErrorCode::kUsage),
              HasSubstr("is waiting"));
  const ExamJob job = Claim();
  EXPECT_EQ(job.exam.id, exam.id) << "a person waits for it";
  EXPECT_EQ(job.revision, 1);
  ASSERT_TRUE(store().work().Finish(job, "{}", false, results));
  // What was stored stays so, what was dead is tried again.
  const auto again = store().deliveries().Claim("PACS", "s1", delivery_);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].kind, "sr");
  EXPECT_EQ(store().deliveries().ListForExam(exam.id).size(), 2u);
}

TEST_P(ExamsTest, HistoryListsEvents) {
  ReceivedObject image = SampleImage("1.1", "1");
  image.peer = "dicom:A\nB@192.0.2.1";
  Add(image);
  const Exam exam = Close("1");
  store().work().Release(Claim("host:1"));
  ASSERT_TRUE(store().work().Fail(Claim("host:1"), "the disk is full", false, work_));
  clock_.Advance(work_.longest_delay);
  ASSERT_TRUE(
      store().work().Finish(Claim("host:2"), "{}", false, {SampleResult("sr", "a", {"PACS"})}));
  auto batch = store().deliveries().Claim("PACS", "s1", delivery_);
  ASSERT_TRUE(
      store().deliveries().Failed(batch.at(0), "refused the association", false, delivery_));
  clock_.Advance(delivery_.longest_delay);
  batch = store().deliveries().Claim("PACS", "s1", delivery_);
  ASSERT_TRUE(store().deliveries().Stored(batch.at(0)));
  store().commitments().Asked("2.25.9", batch);
  ASSERT_TRUE(store().commitments().Reported("2.25.9", {batch[0].sop_uid}, {}));
  store().exams().Cancel(exam.id, "root");
  std::vector<std::string> texts;
  for (const ExamEvent& event : store().exams().History(exam.id)) texts.push_back(event.text);
  EXPECT_THAT(texts, ::testing::ElementsAre(
                         HasSubstr("dicom:A\\x0AB@192.0.2.1"), HasSubstr("complete with 1 images"),
                         HasSubstr("claimed by worker host:1"), HasSubstr("returned the exam"),
                         HasSubstr("claimed"), HasSubstr("the disk is full"),
                         HasSubstr("claimed by worker host:2, revision 1, attempt 3"),
                         HasSubstr("finished revision 1"), HasSubstr("refused the association"),
                         HasSubstr("stored: sr to PACS"), HasSubstr("committed: sr to PACS"),
                         HasSubstr("cancelled by root")));
  for (const std::string& text : texts) EXPECT_THAT(text, ::testing::Not(HasSubstr("patient-of")));
}

TEST(ExamState, NamesRoundTrip) {
  for (int i = 0; i <= 6; ++i) {
    const auto state = static_cast<ExamState>(i);
    EXPECT_EQ(ParseExamState(ExamStateName(state)), state);
  }
  EXPECT_EQ(ExamStateName(ExamState::kReceiving), std::string("receiving"));
  EXPECT_FALSE(ParseExamState("Done"));
}

}  // namespace
}  // namespace mhcnn
