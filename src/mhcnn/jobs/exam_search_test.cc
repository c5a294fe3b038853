#include "mhcnn/jobs/exam_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
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

/// By value, then the newest first; what has no value comes last; each page goes on where the one
/// before ended, also where exams come meanwhile.
TEST_P(ExamSearchTest, ListsByEachValueInPages) {
  const auto summary = [](const char* percent, const char* category) {
    return std::string(R"({"percent_density":)") + percent + R"(,"category":")" + category + "\"}";
  };
  Measured("1.1", summary("23.4", "b"));
  Measured("1.2", summary("7.25", "a"));
  Measured("1.3", summary("23.4", "c"));
  const auto corrected = Measured("1.4", summary("50", "c"));
  NewCorrection said;
  said.exam = corrected;
  said.revision = 1;
  said.category = "a";
  said.percent = 10;
  said.author = "r";
  ASSERT_EQ(store().corrections().Add(said).kind, CorrectionAnswer::Kind::kAdded);
  Add(SampleImage("1.5.1", "1.5"));
  const auto all = [&](ExamOrder order, bool ascending) {
    std::vector<std::string> studies;
    ExamQuery query;
    query.order = order;
    query.ascending = ascending;
    query.filter.limit = 2;
    for (int pages = 0; pages < 9; ++pages) {
      const ExamPage page = store().search().Find(query);
      for (const auto& found : page.exams) studies.push_back(found.exam.study_uid);
      if (!page.next) break;
      query.filter.before_id = *page.next;
      query.before_key = page.next_key;
    }
    return studies;
  };
  EXPECT_THAT(all(ExamOrder::kPercent, false), ElementsAre("1.3", "1.1", "1.4", "1.2", "1.5"));
  EXPECT_THAT(all(ExamOrder::kPercent, true), ElementsAre("1.2", "1.4", "1.3", "1.1", "1.5"));
  EXPECT_THAT(all(ExamOrder::kCategory, false), ElementsAre("1.3", "1.1", "1.4", "1.2", "1.5"));
  EXPECT_THAT(all(ExamOrder::kCategory, true), ElementsAre("1.4", "1.2", "1.1", "1.3", "1.5"));
  EXPECT_THAT(all(ExamOrder::kPatient, true), ElementsAre("1.1", "1.2", "1.3", "1.4", "1.5"));
  EXPECT_THAT(all(ExamOrder::kPatient, false), ElementsAre("1.5", "1.4", "1.3", "1.2", "1.1"));
  EXPECT_THAT(all(ExamOrder::kStudyDate, true), ElementsAre("1.5", "1.4", "1.3", "1.2", "1.1"));
  EXPECT_THAT(all(ExamOrder::kReceived, true), ElementsAre("1.1", "1.2", "1.3", "1.4", "1.5"));
  const auto states = all(ExamOrder::kState, true);
  EXPECT_EQ(states.front(), "1.5") << "receiving comes first";
  ExamQuery query;
  query.order = ExamOrder::kPercent;
  query.filter.before_id = 1;
  query.before_key = "x";
  EXPECT_THROW(store().search().Find(query), Error);
}

TEST_P(ExamSearchTest, LeavesOutFiguresOfAnEarlierRevision) {
  Measured("1.1", kB);
  Measured("1.2", kC);
  Add(SampleImage("1.1.2", "1.1"));
  ExamQuery query;
  query.category = "b";
  EXPECT_THAT(Studies(query), IsEmpty());
  query = {};
  query.flag = "low_contrast";
  EXPECT_THAT(Studies(query), IsEmpty());
  query = {};
  query.order = ExamOrder::kCategory;
  EXPECT_THAT(Studies(query), ElementsAre("1.2", "1.1"));
}

TEST_P(ExamSearchTest, KnowsTheSmallPicturesOfTheFourViews) {
  for (const char* view : {"L-CC", "R-CC", "R-MLO"})
    Add(SampleImage(std::string("1.1.") + view[0] + view[2], "1.1", view));
  clock_.Advance(rules_.quiet);
  store().exams().CloseComplete();
  auto job = store().work().Claim("worker", {});
  ResultFile picture = testing_support::SampleResult("view", "0123456789abcdef-small.jpg", {});
  EXPECT_TRUE(store().work().Finish(*job, kB, false, {picture}));
  auto found = store().search().One(job->exam.id).value();
  EXPECT_TRUE(found.present);
  EXPECT_THAT(found.views, ElementsAre("1.1.RC", "1.1.LC", "1.1.RM", ""));
  EXPECT_THAT(found.small_pictures, ElementsAre("view-0123456789abcdef-small.jpg"));
  Add(SampleImage("1.1.9", "1.1"));
  found = store().search().One(job->exam.id).value();
  EXPECT_FALSE(found.present);
  EXPECT_THAT(found.views, ElementsAre("", "", "", ""));
}

TEST_P(ExamSearchTest, ListsChangesSinceTime) {
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
