#include "mhcnn/jobs/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::JobStoreTest;
using testing_support::SampleImage;
using testing_support::SampleResult;

TEST(ToDisplayTime, IsUtcToTheSecond) {
  // 2027-01-15 08:00:00 UTC is 1,800,000,000 seconds after 1970.
  EXPECT_EQ(ToDisplayTime(StoreTime(milliseconds(1'800'000'000'999))), "2027-01-15 08:00:00 UTC");
}

TEST(DescribeDensity, HasWhatTheSummaryHas) {
  Exam exam;
  const auto shown = [&](const std::string& summary) {
    exam.summary = summary;
    return DescribeDensity(exam);
  };
  EXPECT_EQ(shown(R"({"percent_density": 23.44, "category": "b"})"), "23.4 %, category b");
  EXPECT_EQ(shown(R"({"percent_density": null, "category": "b"})"), "category b");
  EXPECT_EQ(shown(R"({"percent_density": 7, "category": null})"), "7.0 %");
  EXPECT_EQ(shown("{}"), "");
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown("{damaged"), "");
}

class ExplanationTest : public JobStoreTest {
 protected:
  std::vector<std::string> Said(const std::string& study) {
    return ExplainExam(store(), store().exams().FindStudy(study).value());
  }
};
MHCNN_ON_BOTH_DATABASES(ExplanationTest);

TEST_P(ExplanationTest, SaysUntilWhenImagesAreWaitedFor) {
  Add(SampleImage("1.1", "1"));
  EXPECT_THAT(Said("1"),
              ElementsAre("Its images are still being received: 1 so far, the last at " +
                              ToDisplayTime(clock_.Now()) + ".",
                          "It counts as complete at " + ToDisplayTime(clock_.Now() + rules_.quiet) +
                              ", if no other image comes."));
  clock_.Advance(rules_.quiet + minutes(3));
  EXPECT_THAT(Said("1"), Contains(HasSubstr("check that mhcnn serve or mhcnn maintain runs")));
}

TEST_P(ExplanationTest, SaysWhatWaitingExamWaitsFor) {
  ClosedExam("1");
  EXPECT_THAT(Said("1"), Contains(HasSubstr(" 0 run")));
  EXPECT_THAT(Said("1"), Not(Contains(HasSubstr("check that mhcnn serve"))));
  clock_.Advance(minutes(3));
  EXPECT_THAT(Said("1"), Contains(HasSubstr("check that mhcnn serve or mhcnn work runs")));
  Claim("worker 7");
  const auto said = Said("1");
  EXPECT_THAT(said, Contains(HasSubstr("Worker worker 7 is measuring it (claim 1)")));
  EXPECT_THAT(said, Contains(HasSubstr(ToDisplayTime(clock_.Now() + work_.lease))));
}

TEST_P(ExplanationTest, SaysWhatFailedAndWhenItIsTriedAgain) {
  ClosedExam("1");
  ASSERT_TRUE(store().work().Fail(Claim(), "the disk\nis full", false, work_));
  const auto said = Said("1");
  EXPECT_THAT(said, Contains(::testing::AllOf(HasSubstr("1 attempt failed so far"),
                                              HasSubstr(": the disk\\x0Ais full."))));
  EXPECT_THAT(said, Contains(HasSubstr("The next attempt is at ")));
  clock_.Advance(work_.longest_delay);
  ASSERT_TRUE(store().work().Fail(Claim(), "no such model", true, work_));
  EXPECT_THAT(Said("1"), Contains(HasSubstr("Its analysis failed and was given up")));
  EXPECT_THAT(Said("1"), Contains(HasSubstr("no such model")));
  EXPECT_THAT(Said("1"), Contains(HasSubstr("mhcnn jobs retry ")));
}

TEST_P(ExplanationTest, SaysWhereTheResultsAre) {
  FinishedExam("1", {SampleResult("seg", "a", {"PACS"}), SampleResult("sr", "a", {"PACS"})});
  EXPECT_THAT(Said("1"), Contains(HasSubstr("It was measured at ")));
  EXPECT_THAT(Said("1"), Contains("PACS: 2 results not sent yet; next try at " +
                                  ToDisplayTime(clock_.Now()) + "."));
  const auto batch = store().deliveries().Claim("PACS", "s1", delivery_);
  ASSERT_EQ(batch.size(), 2u);
  ASSERT_TRUE(store().deliveries().Stored(batch[0]));
  ASSERT_TRUE(store().deliveries().Failed(batch[1], "is refused", true, delivery_));
  EXPECT_THAT(Said("1"), Contains("PACS: 1 result stored."));
  EXPECT_THAT(Said("1"), Contains("PACS: 1 result given up: is refused."));
  EXPECT_THAT(Said("1"), Contains(HasSubstr("retry --dead-deliveries ")));

  FinishedExam("2", {SampleResult("sr", "b", {})});
  EXPECT_THAT(Said("2"), Contains(HasSubstr("in the store, as no destination is set")));
  FinishedExam("3", {});
  EXPECT_THAT(Said("3"), Contains("The worker wrote no results."));
}

TEST_P(ExplanationTest, SaysWhyNothingWasMeasuredAndWhatElseCame) {
  ReceivedObject kept = SampleImage("1.2", "1");
  kept.use = ObjectPurpose::kKeep;
  kept.reason = "is a tomosynthesis volume";
  Add(kept);
  ClosedExam("1");
  ASSERT_TRUE(store().work().Refuse(Claim(), "no mammogram"));
  EXPECT_THAT(Said("1"), Contains(HasSubstr("could be measured: no mammogram.")));
  EXPECT_THAT(Said("1"),
              Contains(::testing::AllOf(HasSubstr("1 object of its study"),
                                        HasSubstr("(kept: is a tomosynthesis volume)"))));
}

TEST_P(ExplanationTest, NamesNoPatient) {
  FinishedExam("1", {SampleResult("sr", "a", {"PACS"})});
  for (const std::string& sentence : Said("1"))
    EXPECT_EQ(sentence.find("patient-of"), std::string::npos) << sentence;
}

TEST_P(ExplanationTest, JsonHasEachPartOfAnExam) {
  const Exam exam =
      FinishedExam("1", {SampleResult("seg", "a", {"PACS"}), SampleResult("sr", "a", {"PACS"})});
  const auto json = ExamToJson(store(), exam);
  EXPECT_EQ(json.at("study_uid"), "1");
  EXPECT_EQ(json.at("state"), "done");
  EXPECT_EQ(json.at("summary"), nlohmann::json::object());
  EXPECT_EQ(json.at("explanation"), nlohmann::json(Said("1")));
  EXPECT_EQ(json.at("objects").size(), 1u);
  EXPECT_EQ(json.at("objects")[0].at("use"), "measured");
  EXPECT_EQ(json.at("jobs")[0].at("state"), "finished");
  EXPECT_EQ(json.at("results").size(), 2u);
  EXPECT_EQ(json.at("results")[0].at("kind"), "seg");
  EXPECT_EQ(json.at("deliveries")[1].at("state"), "queued");
  EXPECT_EQ(json.at("priors"), nlohmann::json::array());
  EXPECT_EQ(json.at("history").size(), store().exams().History(exam.id).size());
}

}  // namespace
}  // namespace mhcnn
