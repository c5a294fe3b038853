#include "mhcnn/service/deliver/store_status.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(ToDimseStatus, CountsSuccessAndWarningsAloneAsStored) {
  for (int status = 0; status <= 0xFFFF; ++status) {
    const auto outcome = ToStoreOutcome(static_cast<std::uint16_t>(status), false);
    const bool stored = status == 0 || (status >= 0xB000 && status <= 0xBFFF);
    ASSERT_EQ(outcome.result == SendResult::kStored, stored) << std::hex << status;
    ASSERT_EQ(outcome.text.empty(), stored) << std::hex << status;
  }
}

TEST(ToDimseStatus, TellsLackOfResourcesFromRefusals) {
  for (const int status : {0xA700, 0xA701, 0xA7FF, 0x0110, 0x0213}) {
    EXPECT_EQ(ToStoreOutcome(static_cast<std::uint16_t>(status), false).result,
              SendResult::kTransient)
        << std::hex << status;
  }
  for (const int status :
       {0xA800, 0xA900, 0xA9FF, 0xC000, 0xCFFF, 0x0122, 0x0124, 0x0117, 0x0119}) {
    EXPECT_EQ(ToStoreOutcome(static_cast<std::uint16_t>(status), false).result,
              SendResult::kPermanent)
        << std::hex << status;
  }
}

TEST(ToDimseStatus, NamesTheStatusInHexadecimal) {
  EXPECT_NE(ToStoreOutcome(0xA700, false).text.find("A700"), std::string::npos);
  EXPECT_NE(ToStoreOutcome(0x0122, false).text.find("0122"), std::string::npos);
}

TEST(ToDimseStatus, DuplicateOfAnEarlierTryIsStored) {
  EXPECT_EQ(ToStoreOutcome(0x0111, false).result, SendResult::kPermanent);
  EXPECT_EQ(ToStoreOutcome(0x0111, true).result, SendResult::kStored);
  EXPECT_EQ(ToStoreOutcome(0x0122, true).result, SendResult::kPermanent);
}

}  // namespace
}  // namespace mhcnn
