#include "mhcnn/jobs/exam_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing_support::JobStoreTest;
using testing_support::SampleImage;

class ExamSearchTest : public JobStoreTest {
 protected:
  /// Measures an exam of one image. Returns its row.
  std::int64_t Measured(const std::string& study, const std::string& summary) {
    Add(SampleImage(study + ".1", study));
    clock_.Advance(rules_.quiet);
    store().exams().CloseComplete();
    const auto job = store().work().Claim("worker", {});
    EXPECT_TRUE(store().work().Finish(*job, summary, false, {}));
    return job->exam.id;
  }
  std::vector<std::string> Studies(const ExamQuery& query) {
    std::vector<std::string> studies;
    for (const auto& found : store().search().Find(query).exams)
      studies.push_back(found.exam.study_uid);
    return studies;
  }
};
MHCNN_ON_BOTH_DATABASES(ExamSearchTest);

constexpr const char* kB =
    R"({"category":"b","flags":["low_contrast"],"images_measured":[{"category":"c","flags":["x"]}]})";
constexpr const char* kC = R"({"category":"c","flags":[]})";

TEST_P(ExamSearchTest, FindsByCategoryAndFlagOfTheExamAlone) {
  Measured("1.1", kB);
  Measured("1.2", kC);
  Add(SampleImage("1.3.1", "1.3"));
  ExamQuery query;
  EXPECT_THAT(Studies(query), ElementsAre("1.3", "1.2", "1.1"));
  query.category = "c";
  EXPECT_THAT(Studies(query), ElementsAre("1.2"));
  query.category = "b";
  EXPECT_THAT(Studies(query), ElementsAre("1.1"));
  query.flag = "low_contrast";
  EXPECT_THAT(Studies(query), ElementsAre("1.1"));
  query.flag = "x";
  EXPECT_THAT(Studies(query), IsEmpty());
  query = {};
  query.flag = "low%contrast";
  EXPECT_THAT(Studies(query), IsEmpty());
}

TEST_P(ExamSearchTest, FindsATextInPatientAndStudy) {
  Measured("1.1", kB);
  Measured("2.1", kC);
  ExamQuery query;
  query.text = "OF-2";  // patient-of-2.1
  EXPECT_THAT(Studies(query), ElementsAre("2.1"));
  query.text = "1.";
  EXPECT_THAT(Studies(query), ElementsAre("1.1"));
  for (const char* nothing : {"%", "_", "!", "3.", "'"}) {
    query.text = nothing;
    EXPECT_THAT(Studies(query), IsEmpty()) << nothing;
  }
}

TEST_P(ExamSearchTest, GivesPages) {
  for (int i = 1; i <= 5; ++i) Measured("1." + std::to_string(i), i == 3 ? kC : kB);
  ExamQuery query;
  query.category = "b";
  query.filter.limit = 2;
  auto page = store().search().Find(query);
  ASSERT_EQ(page.exams.size(), 2u);
  EXPECT_EQ(page.exams[1].exam.study_uid, "1.4");
  ASSERT_TRUE(page.next);
  query.filter.before_id = *page.next;
  page = store().search().Find(query);
  ASSERT_EQ(page.exams.size(), 2u);
  EXPECT_EQ(page.exams[0].exam.study_uid, "1.2");
  EXPECT_FALSE(page.next);
}

TEST_P(ExamSearchTest, FollowsTheReaderOfThisRevision) {
  const std::int64_t id = Measured("1.1", kB);
  int version = 0;
  for (const char* category : {"d", "c"}) {
    NewCorrection said;
    said.exam = id;
    said.revision = 1;
    said.version = version++;
    said.category = category;
    said.percent = 31;
    said.author = "r";
    EXPECT_EQ(store().corrections().Add(said).kind, CorrectionAnswer::Kind::kAdded);
  }
  auto found = store().search().One(id).value();
  EXPECT_EQ(found.correction, 2);
  EXPECT_EQ(found.category, "c");
  EXPECT_EQ(found.percent, "31.0");
  ExamQuery query;
  query.category = "c";
  EXPECT_THAT(Studies(query), ElementsAre("1.1"));
  query.category = "b";
  EXPECT_THAT(Studies(query), IsEmpty());
  Add(SampleImage("1.1.2", "1.1"));  // a new revision, which the reader has not seen
  found = store().search().One(id).value();
  EXPECT_EQ(found.correction, 0);
  EXPECT_EQ(found.category, "");
  EXPECT_FALSE(store().search().One(id + 1));
}

TEST_P(ExamSearchTest, TellsWhatChangedSince) {
  Measured("1.1", kB);
  const StoreTime then = clock_.Now();
  clock_.Advance(milliseconds(1'000));
  EXPECT_THAT(store().search().ChangedSince(then + milliseconds(1), 10), IsEmpty());
  Add(SampleImage("2.1", "2"));
  const auto changed = store().search().ChangedSince(then + milliseconds(1), 10);
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].exam.study_uid, "2");
  EXPECT_EQ(store().search().ChangedSince(then, 10).size(), 2u);
  EXPECT_EQ(store().search().ChangedSince(then, 1).size(), 1u);
}

}  // namespace
}  // namespace mhcnn
