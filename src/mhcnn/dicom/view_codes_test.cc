#include "mhcnn/dicom/view_codes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/header_changes.h"

namespace mhcnn {
namespace {

using testing::Contains;
using testing_support::Change;
using testing_support::Facts;
using testing_support::Set;

TEST(ViewWords, ReadsSide) {
  const auto expect = [](const char* word, const char* view, Laterality side) {
    const ViewWord read = ReadViewWord(word);
    ASSERT_NE(read.code, nullptr) << word;
    EXPECT_STREQ(read.code->word, view) << word;
    EXPECT_EQ(read.side, side) << word;
  };
  constexpr auto kRight = Laterality::kRight, kLeft = Laterality::kLeft,
                 kNone = Laterality::kUnknown;
  for (const char* word : {"RMLO", "R MLO", "R-MLO", "r_mlo", "MLO R", "MLO-R", "MLOR", "RIGHT MLO",
                           "MLO RIGHT", "RT MLO", "RMLOID", "R MLO ID"}) {
    expect(word, "MLO", kRight);
  }
  for (const char* word : {"LCC", "L CC", "LEFT CC", "CC L", "CC LT", "LCCM"}) {
    expect(word, "CC", kLeft);
  }
  expect("RXCCL", "XCCL", kRight);
  expect("LXCCL", "XCCL", kLeft);
  expect("LML", "ML", kLeft);
  expect("RLM", "LM", kRight);
  expect("LM", "LM", kNone);
  expect("LMO", "LMO", kNone);
  expect("XCCL", "XCCL", kNone);
  expect("MLO", "MLO", kNone);
  for (const char* word : {"", "PA", "RL", "LL", "RLD", "LEFT"}) {
    EXPECT_EQ(ReadViewWord(word).code, nullptr) << word;
  }
}

TEST(ViewWords, SideOfAFile) {
  const Change no_side = [](DcmDataset& d) {
    d.findAndDeleteElement(DCM_ImageLaterality);
    d.findAndDeleteElement(DCM_Laterality);
    d.findAndDeleteElement(DCM_ViewCodeSequence);
    Set(DCM_ViewPosition, "RMLO")(d);
  };
  const auto read = Facts({no_side});
  EXPECT_EQ(read.laterality, Laterality::kRight);
  EXPECT_EQ(read.view, View::kMLO);
  const auto both = Facts({no_side, Set(DCM_ImageLaterality, "L")});
  EXPECT_EQ(both.laterality, Laterality::kLeft);
  EXPECT_THAT(both.flags, Contains("laterality_conflict"));
}

}  // namespace
}  // namespace mhcnn
