#include "mhcnn/service/commitment_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

void AddItem(DcmItem& information, const DcmTagKey& sequence, const char* uid, int reason = -1) {
  DcmItem* item = nullptr;
  information.findOrCreateSequenceItem(sequence, item, -2);
  item->putAndInsertString(DCM_ReferencedSOPInstanceUID, uid);
  if (reason >= 0) item->putAndInsertUint16(DCM_FailureReason, static_cast<Uint16>(reason));
}

TEST(CommitmentResult, ReadsBothSequences) {
  DcmDataset information;
  information.putAndInsertString(DCM_TransactionUID, "2.25.7");
  AddItem(information, DCM_ReferencedSOPSequence, "1.2.3");
  AddItem(information, DCM_ReferencedSOPSequence, "1.2.4");
  AddItem(information, DCM_FailedSOPSequence, "1.2.5", 0x0112);
  AddItem(information, DCM_FailedSOPSequence, "1.2.6");
  const auto result = ReadCommitmentResult(information);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->transaction_uid, "2.25.7");
  EXPECT_EQ(result->committed, (std::vector<std::string>{"1.2.3", "1.2.4"}));
  ASSERT_EQ(result->failed.size(), 2U);
  EXPECT_EQ(result->failed[0].first, "1.2.5");
  EXPECT_THAT(result->failed[0].second, testing::HasSubstr("0112"));
  EXPECT_EQ(result->failed[1].first, "1.2.6");
}

TEST(CommitmentResult, NeedsATransaction) {
  DcmDataset information;
  AddItem(information, DCM_ReferencedSOPSequence, "1.2.3");
  EXPECT_FALSE(ReadCommitmentResult(information));
}

}  // namespace
}  // namespace mhcnn
