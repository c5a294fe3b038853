#include "mhcnn/jobs/corrections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using Kind = CorrectionAnswer::Kind;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing_support::ErrorMessage;
using testing_support::JobStoreTest;
using testing_support::SampleImage;
using testing_support::SampleResult;

constexpr const char* kSummary = R"({"percent_density": 23.44, "category": "b"})";

NewCorrection Said(const Exam& exam, int version, const std::string& category) {
  NewCorrection said;
  said.exam = exam.id;
  said.revision = exam.revision;
  said.version = version;
  said.category = category;
  said.author = "Dr. Grün";
  return said;
}

class CorrectionsTest : public JobStoreTest {
 protected:
  /// A measured exam with category b and 23.4 %.
  Exam Measured(const std::string& study, const std::vector<ResultFile>& results = {}) {
    ClosedExam(study);
    EXPECT_TRUE(store().work().Finish(Claim(), kSummary, false, results));
    return store().exams().FindStudy(study).value();
  }
};
MHCNN_ON_BOTH_DATABASES(CorrectionsTest);

TEST_P(CorrectionsTest, StoresReaderCorrectionAndModelResult) {
  const Exam exam = Measured("1");
  NewCorrection said = Said(exam, 0, "c");
  said.percent = 31.04;
  said.comment = "denser, 'as seen'";
  const CorrectionAnswer answer = store().corrections().Add(said);
  ASSERT_EQ(answer.kind, Kind::kAdded);
  const Correction kept = store().corrections().Newest(exam.id).value();
  EXPECT_EQ(kept.version, 1);
  EXPECT_EQ(kept.revision, 1);
  EXPECT_EQ(kept.category, "c");
  EXPECT_EQ(kept.percent, "31.0");
  EXPECT_EQ(kept.comment, said.comment);
  EXPECT_EQ(kept.author, "Dr. Grün");
  EXPECT_EQ(kept.made, clock_.Now());
  EXPECT_EQ(kept.model_category, "b");
  EXPECT_EQ(kept.model_percent, "23.4");
  EXPECT_FALSE(kept.accepted());
  EXPECT_EQ(Find(exam.id).state, ExamState::kWaiting);
  EXPECT_THAT(store().exams().History(exam.id).back().text,
              HasSubstr("corrected by reader Dr. Grün: category c, 31.0 % (model: category b, 23.4 "
                        "%); version 1, of revision 1"));
}

TEST_P(CorrectionsTest, AcceptsWhereTheReaderGivesTheModelsFigures) {
  const Exam exam = Measured("1");
  EXPECT_TRUE(store().corrections().Add(Said(exam, 0, "b")).correction->accepted());
  NewCorrection said = Said(exam, 1, "b");
  said.percent = 23.4;
  EXPECT_TRUE(store().corrections().Add(said).correction->accepted());
  said.version = 2;
  said.percent = 23.6;
  EXPECT_FALSE(store().corrections().Add(said).correction->accepted());
  EXPECT_THAT(store().corrections().ListForExam(exam.id), SizeIs(3));
}

TEST_P(CorrectionsTest, OneOfTwoReadersIsRefused) {
  const Exam exam = Measured("1");
  EXPECT_EQ(store().corrections().Add(Said(exam, 0, "c")).kind, Kind::kAdded);
  const CorrectionAnswer late = store().corrections().Add(Said(exam, 0, "d"));
  EXPECT_EQ(late.kind, Kind::kOtherVersion);
  EXPECT_EQ(late.correction->category, "c");
  EXPECT_EQ(store().corrections().Newest(exam.id)->version, 1);
}

TEST_P(CorrectionsTest, OneOfConcurrentCorrectionsIsStored) {
  const Exam exam = Measured("1");
  std::atomic<int> added = 0;
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i) {
      readers.emplace_back([&] {
        JobStore mine(Options());
        added += mine.corrections().Add(Said(exam, 0, "c")).kind == Kind::kAdded;
      });
    }
  }
  EXPECT_EQ(added, 1);
  EXPECT_THAT(store().corrections().ListForExam(exam.id), SizeIs(1));
  EXPECT_EQ(store().work().Counts().first, 1);
}

TEST_P(CorrectionsTest, DoesNotApplyToLaterRevision) {
  const Exam exam = Measured("1");
  ASSERT_EQ(store().corrections().Add(Said(exam, 0, "c")).kind, Kind::kAdded);
  ASSERT_TRUE(store().work().Finish(Claim(), kSummary, false, {}));
  Add(SampleImage("1.late", "1"));
  EXPECT_EQ(store().corrections().Add(Said(exam, 1, "d")).kind, Kind::kOtherRevision);
  const Exam later = Close("1");
  ASSERT_EQ(later.revision, 2);
  EXPECT_EQ(store().corrections().Add(Said(later, 1, "d")).kind, Kind::kNotMeasured);
  const ExamJob job = Claim();
  EXPECT_FALSE(job.correction) << "the reader has not seen the late image";
  ASSERT_TRUE(store().work().Finish(job, kSummary, false, {}));
  EXPECT_EQ(store().corrections().Newest(exam.id)->revision, 1);
  EXPECT_EQ(store().corrections().Add(Said(later, 1, "d")).kind, Kind::kAdded);
  EXPECT_EQ(Claim().correction->category, "d");
}

TEST_P(CorrectionsTest, RefusesWhereThereIsNothingToCorrect) {
  const Exam waiting = ClosedExam("1");
  EXPECT_EQ(store().corrections().Add(Said(waiting, 0, "c")).kind, Kind::kNotMeasured);
  store().exams().Cancel(waiting.id, "me");
  const Exam measured = Measured("2");
  store().exams().Cancel(measured.id, "me");
  EXPECT_EQ(store().corrections().Add(Said(measured, 0, "c")).kind, Kind::kNotMeasured);
  Exam none = measured;
  none.id = 999;
  EXPECT_EQ(store().corrections().Add(Said(none, 0, "c")).kind, Kind::kNoExam);
  const Exam old = Measured("3");
  clock_.Advance(std::chrono::hours(24));
  while (true) {
    const auto files = store().retention().Expired(clock_.Now(), 10);
    if (files.empty()) break;
    store().retention().Removed(files);
  }
  EXPECT_EQ(store().corrections().Add(Said(old, 0, "c")).kind, Kind::kNoImages);
  EXPECT_THAT(store().corrections().ListForExam(old.id), IsEmpty());
}

TEST_P(CorrectionsTest, ARunningJobIsGivenUpForTheNewest) {
  const Exam exam = Measured("1");
  store().corrections().Add(Said(exam, 0, "c"));
  const ExamJob first = Claim("w1");
  EXPECT_EQ(first.correction->version, 1);
  EXPECT_EQ(store().corrections().Add(Said(exam, 1, "d")).kind, Kind::kAdded);
  EXPECT_FALSE(store().work().Renew(first, work_));
  const ExamJob second = Claim("w2");
  EXPECT_EQ(second.correction->version, 2);
  EXPECT_FALSE(store().work().Finish(first, kSummary, false, {SampleResult("sr", "c", {"pacs"})}));
  EXPECT_TRUE(store().work().Finish(second, kSummary, false, {SampleResult("sr", "d", {"pacs"})}));
  const auto deliveries = store().deliveries().ListForExam(exam.id);
  ASSERT_THAT(deliveries, SizeIs(1));
  EXPECT_EQ(deliveries[0].sop_uid, "2.25.sr.d");
  EXPECT_EQ(Find(exam.id).state, ExamState::kDone);
}

TEST_P(CorrectionsTest, SendsWhatChangedOnceAndNamesWhatItReplaces) {
  const std::vector<std::string> pacs = {"pacs"};
  const ResultFile seg = SampleResult("seg", "x", pacs), model = SampleResult("sr", "b", pacs);
  const Exam exam = Measured("1", {seg, model});
  for (const Delivery& d : store().deliveries().Claim("pacs", "s", delivery_))
    store().deliveries().Stored(d);
  store().corrections().Add(Said(exam, 0, "c"));
  const ExamJob job = Claim();
  EXPECT_THAT(job.corrected_results, ElementsAre(seg.file, model.file));
  const ResultFile corrected = SampleResult("sr", "c", pacs);
  ASSERT_TRUE(store().work().Finish(job, kSummary, false, {seg, corrected}));
  const auto sent = store().deliveries().Claim("pacs", "s", delivery_);
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].sop_uid, corrected.sop_uid);
  store().deliveries().Stored(sent[0]);
  EXPECT_EQ(store().work().ListResultsForExam(exam.id).back().correction, 1);
  EXPECT_EQ(store().work().ListResultsForExam(exam.id).front().correction, 0);

  // Written again for another reason, it replaces the same.
  store().exams().Retry(exam.id);
  const ExamJob again = Claim();
  EXPECT_EQ(again.correction->version, 1);
  EXPECT_THAT(again.corrected_results, ElementsAre(seg.file, model.file));
  ASSERT_TRUE(store().work().Finish(again, kSummary, false, {seg, corrected}));
  EXPECT_THAT(store().deliveries().Claim("pacs", "s", delivery_), IsEmpty());
  // The next version replaces the one before, not the model's.
  store().corrections().Add(Said(exam, 1, "d"));
  const ExamJob next = Claim();
  EXPECT_THAT(next.corrected_results, ElementsAre(seg.file, corrected.file));
  EXPECT_FALSE(again.correction_amends);
  EXPECT_TRUE(next.correction_amends);
}

TEST_P(CorrectionsTest, FindsTheNewestOfMany) {
  const Exam one = Measured("1"), two = Measured("2"), three = Measured("3");
  const StoreTime start = clock_.Now();
  store().corrections().Add(Said(one, 0, "c"));
  clock_.Advance(milliseconds(10));
  store().corrections().Add(Said(three, 0, "a"));
  clock_.Advance(milliseconds(10));
  store().corrections().Add(Said(one, 1, "d"));
  const auto categories = [](const std::vector<Correction>& all) {
    std::vector<std::string> found;
    for (const auto& c : all) found.push_back(c.category);
    return found;
  };
  EXPECT_THAT(categories(store().corrections().NewestForExams({one.id, two.id, three.id})),
              ::testing::UnorderedElementsAre("d", "a"));
  EXPECT_THAT(store().corrections().NewestForExams({}), IsEmpty());
  EXPECT_THAT(categories(store().corrections().Since(start, 10)), ElementsAre("a", "d"));
  EXPECT_THAT(categories(store().corrections().Since(start, 1)), ElementsAre("a"));
  EXPECT_THAT(categories(store().corrections().Since(start + milliseconds(11), 10)),
              ElementsAre("d"));
  EXPECT_FALSE(store().corrections().Newest(two.id));
}

TEST(NewCorrection, NamesTheFieldThatIsWrong) {
  NewCorrection said;
  said.category = "c";
  said.author = "reader";
  EXPECT_NO_THROW(said.Check());
  const auto wrong = [&](auto change) {
    NewCorrection bad = said;
    change(bad);
    return ErrorMessage([&] { bad.Check(); }, ErrorCode::kUsage);
  };
  for (const char* category : {"", "e", "C", "cc"})
    EXPECT_THAT(wrong([&](auto& bad) { bad.category = category; }), HasSubstr("category"));
  for (const double percent : {-0.1, 100.1, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THAT(wrong([&](auto& bad) { bad.percent = percent; }), HasSubstr("percent"));
  EXPECT_THAT(wrong([](auto& bad) { bad.comment = std::string(2001, 'x'); }), HasSubstr("comment"));
  EXPECT_THAT(wrong([](auto& bad) { bad.comment = "\xff"; }), HasSubstr("comment"));
  EXPECT_THAT(wrong([](auto& bad) { bad.author = ""; }), HasSubstr("author"));
}

}  // namespace
}  // namespace mhcnn
