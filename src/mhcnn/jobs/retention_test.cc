#include "mhcnn/jobs/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using ::testing::UnorderedElementsAre;
using testing_support::JobStoreTest;
using testing_support::SampleImage;
using testing_support::SampleResult;

class RetentionTest : public JobStoreTest {
 protected:
  std::vector<std::string> Expired(int limit = 100) {
    clock_.Advance(milliseconds(1));
    std::vector<std::string> files;
    for (const auto& file : store().retention().Expired(clock_.Now(), limit))
      files.push_back(file.string());
    return files;
  }
  void Remove(const std::vector<std::string>& files) {
    store().retention().Removed({files.begin(), files.end()});
  }
  std::string File(const std::string& sop, const std::string& study) {
    return SampleImage(sop, study).file.string();
  }
};
MHCNN_ON_BOTH_DATABASES(RetentionTest);

TEST_P(RetentionTest, KeepsWhatIsStillNeeded) {
  FinishedExam("unsent", {SampleResult("sr", "a", {"PACS"})});
  FinishedExam("dead", {SampleResult("sr", "b", {"Archive"})});
  const auto batch = store().deliveries().Claim("Archive", "s1", delivery_);
  ASSERT_TRUE(store().deliveries().Failed(batch.at(0), "no", true, delivery_));
  ClosedExam("failed");
  ASSERT_TRUE(store().work().Fail(Claim(), "odd", true, work_));
  ClosedExam("waiting");
  Add(SampleImage("1.1", "receiving"));
  EXPECT_TRUE(Expired().empty());
  EXPECT_EQ(store().retention().Bytes(), 5 * 1000u + 2 * 10u);
}

TEST_P(RetentionTest, RemovesEndedExamsAndKnowsLateDuplicates) {
  const Exam done = FinishedExam("1", {SampleResult("sr", "a", {"PACS"})});
  for (const Delivery& delivery : store().deliveries().Claim("PACS", "s1", delivery_))
    ASSERT_TRUE(store().deliveries().Stored(delivery));
  ClosedExam("2");
  ASSERT_TRUE(store().work().Refuse(Claim(), "no"));
  store().exams().Cancel(ClosedExam("3").id, "me");
  EXPECT_TRUE(store().retention().Expired(done.changed, 100).empty()) << "not older";
  const auto files = Expired();
  EXPECT_THAT(files, UnorderedElementsAre(File("1.1.1", "1"), "results/sr-a", File("2.1.1", "2"),
                                          File("3.1.1", "3")));
  // Not confirmed, as the process died: they are named again, and still count.
  EXPECT_EQ(Expired().size(), 4u);
  EXPECT_EQ(store().retention().Bytes(), 3010u);
  Remove(files);
  EXPECT_TRUE(Expired().empty());
  EXPECT_EQ(store().retention().Bytes(), 0u);
  EXPECT_EQ(Find(done.id).summary, "{}");
  // A late duplicate is known; the file that came with it is removed in its turn.
  EXPECT_EQ(Add(SampleImage("1.1.1", "1")).kind, Receipt::Kind::kDuplicate);
  EXPECT_EQ(Find(done.id).state, ExamState::kDone);
  EXPECT_THAT(Expired(), UnorderedElementsAre(File("1.1.1", "1")));
  Remove({File("1.1.1", "1")});
  // A late image is measured alone.
  Add(SampleImage("1.new", "1"));
  Close("1");
  EXPECT_EQ(Claim().images.size(), 1u);
}

TEST_P(RetentionTest, RemovesObjectsThatNoExamUses) {
  Add(SampleImage("1.1", "1"));
  Add(SampleImage("1.1", "1", "", "new pixels"));
  for (const ObjectPurpose use :
       {ObjectPurpose::kKeep, ObjectPurpose::kOwnResult, ObjectPurpose::kQuarantine}) {
    ReceivedObject object = SampleImage("5." + std::to_string(static_cast<int>(use)), "5");
    object.use = use;
    Add(object);
  }
  EXPECT_THAT(Expired(), UnorderedElementsAre(File("1.1", "1"), File("5.1", "5"), File("5.2", "5"),
                                              File("5.3", "5")));
}

TEST_P(RetentionTest, FileThatIsInUseAgainStays) {
  Add(SampleImage("1.1", "1"));
  Add(SampleImage("1.1", "1", "", "other"));
  Add(SampleImage("1.1", "1"));  // the first content, and so the first file
  EXPECT_THAT(Expired(), UnorderedElementsAre(SampleImage("1.1", "1", "", "other").file.string()));
  // While a file is being removed its content is not taken: the sender tries again.
  EXPECT_THROW(Add(SampleImage("1.1", "1", "", "other")), Error);
  Remove({SampleImage("1.1", "1", "", "other").file.string()});
  EXPECT_EQ(Add(SampleImage("1.1", "1", "", "other")).kind, Receipt::Kind::kRevision);
}

TEST_P(RetentionTest, LimitIsHeldByWholeExams) {
  for (int i = 0; i < 5; ++i) FinishedExam(std::to_string(i), {});
  std::vector<std::string> all;
  for (int i = 0; i < 3; ++i) {
    const auto some = Expired(2);
    EXPECT_LE(some.size(), 2u);
    Remove(some);
    all.insert(all.end(), some.begin(), some.end());
  }
  EXPECT_EQ(all.size(), 5u);
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
}

}  // namespace
}  // namespace mhcnn
