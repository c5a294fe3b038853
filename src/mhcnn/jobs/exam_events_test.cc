#include "mhcnn/jobs/exam_events.h"

#include <gtest/gtest.h>

#include "mhcnn/jobs/database.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using testing_support::JobStoreTest;

class ExamEventsTest : public JobStoreTest {};
MHCNN_ON_BOTH_DATABASES(ExamEventsTest);

TEST_P(ExamEventsTest, StandInTheHistoryOfTheirExamWithTheMoment) {
  const Exam exam = ClosedExam("1"), other = ClosedExam("2");
  const std::size_t before = store().exams().History(exam.id).size(),
                    of_other = store().exams().History(other.id).size();
  clock_.Advance(milliseconds(4321));
  Database db(Options());
  db.Write([&] {
    AddExamEvent(db, exam.id, "first");
    AddExamEvent(db, exam.id, "second");
  });
  const auto history = store().exams().History(exam.id);
  ASSERT_EQ(history.size(), before + 2);
  EXPECT_EQ(history[before].text, "first");
  EXPECT_EQ(history[before].at, clock_.Now());
  EXPECT_EQ(history[before + 1].text, "second");
  EXPECT_EQ(store().exams().History(other.id).size(), of_other);
}

TEST_P(ExamEventsTest, TextOfPeersIsPrintable) {
  const Exam exam = ClosedExam("1");
  Database db(Options());
  db.Write([&] { AddExamEvent(db, exam.id, "said \"\x1B[2J\n\xFF\" \xC3\xA4"); });
  EXPECT_EQ(store().exams().History(exam.id).back().text, "said \"\\x1B[2J\\x0A\\xFF\" \xC3\xA4");
}

TEST_P(ExamEventsTest, AreNotThereWhereTheTransactionFailed) {
  const Exam exam = ClosedExam("1");
  const std::size_t before = store().exams().History(exam.id).size();
  Database db(Options());
  EXPECT_THROW(db.Write([&] {
    AddExamEvent(db, exam.id, "was not");
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_EQ(store().exams().History(exam.id).size(), before);
}

}  // namespace
}  // namespace mhcnn
