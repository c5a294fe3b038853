#include "mhcnn/jobs/delivery_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/jobs/database.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using testing_support::JobStoreTest;
using testing_support::SampleResult;

class ParcelsTest : public JobStoreTest {
 protected:
  /// Destination and moment of each parcel of an exam; -1: never.
  std::vector<std::pair<std::string, std::int64_t>> Parcels(Database& db, std::int64_t exam) {
    return db.Read([&] {
      std::vector<std::pair<std::string, std::int64_t>> parcels;
      for (const SqlRow& row : db.Query(
               "SELECT destination, due FROM parcels WHERE exam = ? ORDER BY destination", {exam}))
        parcels.emplace_back(row.Text(0), row.IsNull(1) ? -1 : row.Number(1));
      return parcels;
    });
  }
  std::vector<DeliveryState> States(std::int64_t exam) {
    std::vector<DeliveryState> states;
    for (const Delivery& delivery : store().deliveries().ListForExam(exam))
      states.push_back(delivery.state);
    return states;
  }
};
MHCNN_ON_BOTH_DATABASES(ParcelsTest);

TEST_P(ParcelsTest, LockMakesMissingParcelOnceWhereAsked) {
  const Exam exam = ClosedExam("1");
  Database db(Options());
  db.Write([&] { LockParcel(db, exam.id, "PACS"); });
  EXPECT_TRUE(Parcels(db, exam.id).empty());
  for (int i = 0; i < 2; ++i) db.Write([&] { LockParcel(db, exam.id, "PACS", true); });
  EXPECT_THAT(Parcels(db, exam.id), ElementsAre(std::pair("PACS", -1)));
}

TEST_P(ParcelsTest, IsDueAtTheFirstTryAndThenAtTheEndOfTheLease) {
  const Exam exam = FinishedExam(
      "1", {SampleResult("seg", "a", {"PACS"}), SampleResult("sr", "a", {"PACS", "FHIR"})});
  const std::int64_t made = Milliseconds(clock_.Now());
  Database db(Options());
  const auto refresh = [&] { db.Write([&] { RefreshParcel(db, exam.id, "PACS"); }); };
  refresh();
  EXPECT_THAT(Parcels(db, exam.id), ElementsAre(std::pair("FHIR", made), std::pair("PACS", made)));
  clock_.Advance(milliseconds(500));
  const auto batch = store().deliveries().Claim("PACS", "s1", delivery_);
  ASSERT_EQ(batch.size(), 2u);
  const std::int64_t lease = Milliseconds(clock_.Now()) + delivery_.lease.count();
  refresh();
  EXPECT_THAT(Parcels(db, exam.id), ElementsAre(std::pair("FHIR", made), std::pair("PACS", lease)));
  for (const Delivery& delivery : batch) store().deliveries().Stored(delivery);
  refresh();
  EXPECT_THAT(Parcels(db, exam.id), ElementsAre(std::pair("FHIR", made), std::pair("PACS", -1)));
}

TEST_P(ParcelsTest, GivesUpWhatWasNotSent) {
  const Exam exam = FinishedExam(
      "1", {SampleResult("seg", "a", {"PACS"}), SampleResult("sr", "a", {"PACS", "FHIR"})});
  const Exam other = FinishedExam("2", {SampleResult("sr", "b", {"PACS"})});
  const auto sent = store().deliveries().Claim("FHIR", "s1", delivery_);
  ASSERT_EQ(sent.size(), 1u);
  ASSERT_TRUE(store().deliveries().Stored(sent[0]));
  Database db(Options());
  EXPECT_EQ(db.Write([&] { return GiveUpDeliveries(db, exam.id); }), 2);
  EXPECT_THAT(States(exam.id),
              ::testing::UnorderedElementsAre(DeliveryState::kSuperseded,
                                              DeliveryState::kSuperseded, DeliveryState::kStored));
  EXPECT_THAT(States(other.id), ElementsAre(DeliveryState::kQueued));
  EXPECT_THAT(Parcels(db, exam.id), ElementsAre(std::pair("FHIR", -1), std::pair("PACS", -1)));
  EXPECT_EQ(db.Write([&] { return GiveUpDeliveries(db, exam.id); }), 0) << "there is no more";
}

TEST_P(ParcelsTest, TriesNothingAgainThatIsBeingSentWhenItIsGivenUp) {
  const Exam exam = FinishedExam("1", {SampleResult("sr", "a", {"PACS"})});
  const auto batch = store().deliveries().Claim("PACS", "s1", delivery_);
  ASSERT_EQ(batch.size(), 1u);
  Database db(Options());
  EXPECT_EQ(db.Write([&] { return GiveUpDeliveries(db, exam.id); }), 0);
  EXPECT_THAT(States(exam.id), ElementsAre(DeliveryState::kSending));
  clock_.Advance(delivery_.lease);
  EXPECT_TRUE(store().deliveries().Claim("PACS", "s2", delivery_).empty());
  EXPECT_THAT(States(exam.id), ElementsAre(DeliveryState::kSuperseded));
}

}  // namespace
}  // namespace mhcnn
