#include "mhcnn/jobs/exam_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/jobs/database.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using testing_support::JobStoreTest;
using testing_support::SampleImage;

TEST(ToPathText, RoundTripsAnyBytes) {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  for (const std::string& path :
       {all, std::string("received/ab/c.dcm"), std::string("\xC3\xA4/\xFF"), std::string("a\\x0Ab"),
        std::string("")}) {
    EXPECT_EQ(PathFromText(ToPathText(path)).string(), path);
  }
  EXPECT_EQ(ToPathText("received/ab/c.dcm"), "received/ab/c.dcm");
}

class ExamRowsTest : public JobStoreTest {
 protected:
  std::int64_t ExamOf(const std::string& study) {
    return store().exams().FindStudy(study).value().id;
  }
  template <typename F>
  auto Read(F&& f) {
    Database db(Options());
    return db.Read([&] { return f(db); });
  }
};
MHCNN_ON_BOTH_DATABASES(ExamRowsTest);

TEST_P(ExamRowsTest, ExamHasWhatItsImagesStated) {
  const StoreTime first = clock_.Now();
  Add(SampleImage("1.1", "1"));
  clock_.Advance(milliseconds(7000));
  Add(SampleImage("1.2", "1"));
  const std::int64_t id = ExamOf("1");
  const Exam exam = Read([&](Database& db) { return FindExam(db, id).value(); });
  EXPECT_EQ(exam.id, id);
  EXPECT_EQ(exam.study_uid, "1");
  EXPECT_EQ(exam.patient_id, "patient-of-1");
  EXPECT_EQ(exam.issuer, "TEST");
  EXPECT_EQ(exam.study_date, "20260102");
  EXPECT_EQ(exam.state, ExamState::kReceiving);
  EXPECT_EQ(exam.revision, 1);
  EXPECT_EQ(exam.first_received, first);
  EXPECT_EQ(exam.last_received, first + milliseconds(7000));
  EXPECT_EQ(exam.images, 2);
  EXPECT_EQ(exam.closes, clock_.Now() + rules_.quiet);
  EXPECT_EQ(exam.summary, "");
  EXPECT_FALSE(Read([](Database& db) { return FindExam(db, 999); }));
  Database db(Options());
  EXPECT_FALSE(db.Write([&] { return LockExam(db, 999); }));
  EXPECT_EQ(db.Write([&] { return LockExam(db, id); }).value().study_uid, "1");
}

TEST_P(ExamRowsTest, ImagesHaveWhatWasReceived) {
  ReceivedObject image = SampleImage("1.1", "1", "L-CC");
  image.file = "received/odd \xFF'\n";
  Add(image);
  ReceivedObject kept = SampleImage("1.3", "1");
  kept.use = ObjectPurpose::kKeep;
  Add(kept);
  Add(SampleImage("1.2", "1", "R-CC"));
  const auto images = Read([&](Database& db) { return ListExamImages(db, ExamOf("1")); });
  ASSERT_EQ(images.size(), 2u) << "what is only kept is not measured";
  EXPECT_EQ(images[0].sop_uid, "1.1");
  EXPECT_EQ(images[0].sop_class_uid, image.sop_class_uid);
  EXPECT_EQ(images[0].series_uid, "1.1");
  EXPECT_EQ(images[0].study_uid, "1");
  EXPECT_EQ(images[0].digest, image.digest);
  EXPECT_EQ(images[0].image_digest, image.image_digest);
  EXPECT_EQ(images[0].demographics_digest, image.demographics_digest);
  EXPECT_EQ(images[0].view, "L-CC");
  EXPECT_EQ(images[0].file, image.file);
  EXPECT_EQ(images[0].bytes, 1000u);
  EXPECT_EQ(images[0].peer, image.peer);
  EXPECT_EQ(images[0].use, ObjectPurpose::kMeasure);
  EXPECT_EQ(images[1].sop_uid, "1.2");
}

TEST_P(ExamRowsTest, FourViewsAreOfDifferentNames) {
  Add(SampleImage("1", "1", "L-CC"));
  const std::int64_t exam = ExamOf("1");
  const auto four = [&] { return Read([&](Database& db) { return HasFourViews(db, exam); }); };
  Add(SampleImage("2", "1", "L-CC"));
  Add(SampleImage("3", "1", "L-MLO"));
  Add(SampleImage("4", "1", "R-CC"));
  Add(SampleImage("5", "1", "R-other"));
  EXPECT_FALSE(four());
  ReceivedObject elsewhere = SampleImage("6", "2", "R-MLO");
  Add(elsewhere);
  EXPECT_FALSE(four());
  Add(SampleImage("7", "1", "R-MLO"));
  EXPECT_TRUE(four());
}

TEST_P(ExamRowsTest, PriorsAreTheNewestTwentyTheOldestFirst) {
  for (int i = 0; i < 23; ++i) {
    const std::string study = "9." + std::to_string(i);
    ReceivedObject image = SampleImage(study + ".1", study);
    image.patient_id = "P";
    image.study_date = std::to_string(20200101 + i);
    Add(image);
    Close(study);
    ASSERT_TRUE(store().work().Finish(Claim(), "{}", false, {}));
  }
  Exam now;
  now.id = 1'000;
  now.patient_id = "P";
  now.issuer = "TEST";
  now.study_date = "20260101";
  const auto priors = Read([&](Database& db) { return ListPriorExams(db, now); });
  ASSERT_EQ(priors.size(), 20u);
  EXPECT_EQ(priors.front().study_date, "20200104");
  EXPECT_EQ(priors.back().study_date, "20200123");
  now.study_date = "20200103";
  EXPECT_EQ(Read([&](Database& db) { return ListPriorExams(db, now); }).size(), 2u);
  now.patient_id.clear();
  EXPECT_TRUE(Read([&](Database& db) { return ListPriorExams(db, now); }).empty());
}

TEST_P(ExamRowsTest, JobOfExamIsReadyAtOnceUntilItIsGivenUp) {
  const Exam exam = FinishedExam("1", {});
  Database db(Options());
  db.Write([&] { AddJob(db, exam, 5); });
  EXPECT_EQ(Find(exam.id).state, ExamState::kWaiting);
  db.Write([&] { GiveUpJobs(db, exam.id, false); });
  EXPECT_FALSE(store().work().Claim("w1", work_));

  db.Write([&] { AddJob(db, exam, 5); });
  const ExamJob job = Claim();
  EXPECT_EQ(job.exam.id, exam.id);
  EXPECT_EQ(job.revision, exam.revision);
  db.Write([&] { GiveUpJobs(db, exam.id, false); });
  EXPECT_TRUE(store().work().Renew(job, work_)) << "one that runs goes on";
  db.Write([&] { GiveUpJobs(db, exam.id, true); });
  EXPECT_FALSE(store().work().Renew(job, work_));
}

TEST_P(ExamRowsTest, StateOfExamHasReasonAndMoment) {
  const Exam exam = FinishedExam("1", {});
  clock_.Advance(milliseconds(1234));
  Database db(Options());
  db.Write([&] { SetExamState(db, exam.id, ExamState::kDead, "failed three times"); });
  const Exam found = Find(exam.id);
  EXPECT_EQ(found.state, ExamState::kDead);
  EXPECT_EQ(found.reason, "failed three times");
  EXPECT_EQ(found.changed, clock_.Now());
  EXPECT_FALSE(found.closes);
}

}  // namespace
}  // namespace mhcnn
