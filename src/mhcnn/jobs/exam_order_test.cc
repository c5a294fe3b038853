#include "mhcnn/jobs/exam_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using testing_support::JobStoreTest;
using testing_support::SampleImage;

constexpr ExamOrder kOrders[] = {ExamOrder::kReceived, ExamOrder::kStudyDate, ExamOrder::kPatient,
                                 ExamOrder::kState,    ExamOrder::kPercent,   ExamOrder::kCategory};

TEST(OrderKey, HasPlaceForEachValue) {
  for (const DatabaseKind kind : {DatabaseKind::kSqlite, DatabaseKind::kPostgresql}) {
    for (const ExamOrder order : kOrders) {
      for (const bool ascending : {false, true}) {
        const OrderKey key = MakeOrderKey(order, ascending, kind);
        const std::string after = key.After();
        EXPECT_EQ(static_cast<std::size_t>(std::count(after.begin(), after.end(), '?')),
                  key.MakeAfterValues("12", 7).size())
            << after;
        EXPECT_EQ(key.OrderBy().find(ascending ? " ASC" : " DESC"), key.expression.size());
      }
    }
  }
}

TEST(OrderKey, TakesNumbersAndTextsAsWhatTheyAre) {
  const DatabaseKind kind = DatabaseKind::kSqlite;
  EXPECT_THAT(MakeOrderKey(ExamOrder::kReceived, false, kind).MakeAfterValues("x", 7),
              ElementsAre(SqlValue(std::int64_t{7})));
  EXPECT_THAT(MakeOrderKey(ExamOrder::kPercent, false, kind).MakeAfterValues("-1", 7),
              ElementsAre(SqlValue(std::int64_t{-1}), SqlValue(std::int64_t{-1}),
                          SqlValue(std::int64_t{7})));
  EXPECT_THAT(MakeOrderKey(ExamOrder::kPatient, false, kind).MakeAfterValues("12", 7),
              ElementsAre(SqlValue("12"), SqlValue("12"), SqlValue(std::int64_t{7})));
}

TEST(OrderKey, RefusesPageThatIsNoNumber) {
  for (const char* wrong : {"", "x", "12x", " 12", "99999999999999999999", "1.5"}) {
    EXPECT_NE(testing_support::ErrorMessage(
                  [&] {
                    MakeOrderKey(ExamOrder::kState, true, DatabaseKind::kSqlite)
                        .MakeAfterValues(wrong, 1);
                  },
                  ErrorCode::kUsage)
                  .find("place in this list"),
              std::string::npos)
        << wrong;
  }
}

class ExamOrderTest : public JobStoreTest {
 protected:
  void Measured(const std::string& study, const std::string& patient, const std::string& date,
                const std::string& summary) {
    auto image = SampleImage(study + ".1", study);
    image.patient_id = patient;
    image.study_date = date;
    Add(image);
    Close(study);
    if (summary.empty()) return;
    ASSERT_TRUE(store().work().Finish(Claim(), summary, false, {}));
  }
  /// Studies in an order, found page by page of one exam each.
  std::string Studies(ExamOrder order, bool ascending) {
    ExamQuery query;
    query.order = order;
    query.ascending = ascending;
    query.filter.limit = 1;
    std::string studies;
    for (int pages = 0; pages < 10; ++pages) {
      const ExamPage page = store().search().Find(query);
      for (const auto& found : page.exams) studies += found.exam.study_uid;
      if (!page.next) return studies;
      query.filter.before_id = *page.next;
      query.before_key = page.next_key;
    }
    return "does not end";
  }
};
MHCNN_ON_BOTH_DATABASES(ExamOrderTest);

TEST_P(ExamOrderTest, ListsByValueWithExamsWithoutOneLast) {
  Measured("1", "b", "20250101", R"({"percent_density":9.5,"category":"d"})");
  Measured("2", "a", "", R"({"percent_density":10.25,"category":"a"})");
  Measured("3", "", "20240101", R"({"percent_density":null,"category":null})");
  Measured("4", "B", "20250101", "");
  EXPECT_EQ(Studies(ExamOrder::kReceived, false), "4321");
  EXPECT_EQ(Studies(ExamOrder::kReceived, true), "1234");
  EXPECT_EQ(Studies(ExamOrder::kStudyDate, false), "4132");
  EXPECT_EQ(Studies(ExamOrder::kStudyDate, true), "3412");
  EXPECT_EQ(Studies(ExamOrder::kPatient, true), "4213") << "capitals before small letters";
  EXPECT_EQ(Studies(ExamOrder::kPatient, false), "1243");
  EXPECT_EQ(Studies(ExamOrder::kPercent, true), "1243") << "as numbers, not as texts";
  EXPECT_EQ(Studies(ExamOrder::kPercent, false), "2143");
  EXPECT_EQ(Studies(ExamOrder::kCategory, true), "2143");
  EXPECT_EQ(Studies(ExamOrder::kCategory, false), "1243");
  EXPECT_EQ(Studies(ExamOrder::kState, true), "4321") << "waiting before done";
}

}  // namespace
}  // namespace mhcnn
