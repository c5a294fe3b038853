#include "mhcnn/dicom/view_codes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/header_changes.h"

namespace mhcnn {
namespace {

using testing::Contains;
using testing_support::Change;
using testing_support::Metadata;
using testing_support::Set;

TEST(ViewWords, ReadsSide) {
  const auto expect = [](const char* word, const char* view, Laterality side) {
    const ParsedView read = ParseView(word);
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
    EXPECT_EQ(ParseView(word).code, nullptr) << word;
  }
}

TEST(ViewWords, ModifiersBesideTheView) {
  const auto expect = [](const char* word, const char* view, std::vector<std::string> modifiers) {
    const ParsedView read = ParseView(word);
    ASSERT_NE(read.code, nullptr) << word;
    EXPECT_STREQ(read.code->word, view) << word;
    std::vector<std::string> words;
    for (const auto* modifier : read.modifiers) words.emplace_back(modifier->word);
    EXPECT_EQ(words, modifiers) << word;
    EXPECT_FALSE(read.other) << word;
  };
  expect("LCCM", "CC", {"M"});
  expect("RMCC", "CC", {"M"});
  expect("LMMLO", "MLO", {"M"});
  expect("SMLO", "MLO", {"S"});
  expect("SPOT CC", "CC", {"S"});
  expect("ID CC", "CC", {"ID"});
  expect("MLOS", "MLO", {"S"});
  expect("MLOID", "MLO", {"ID"});
  expect("MLOAX", "MLO", {"AXT"});
  expect("L CC SPOT MAG", "CC", {"S", "M"});
  expect("CC SPOT L", "CC", {"S"});
  expect("R-MLO (Eklund)", "MLO", {"ID"});
  expect("LMLM", "ML", {"M"});
  expect("LML SPOT", "ML", {"S"});
  expect("XCCLM", "XCCL", {"M"});
  expect("CCRL", "CC", {"RL"});
  for (const char* word :
       {"MLO REPEAT", "MLO45", "LMLO1", "MLOD", "LEFT BREAST MLO", "Medio-Lateral Oblique"})
    expect(word, "MLO", {});
  for (const char* word :
       {"CC", "CC1", "CCE", "2D CC", "REPEAT CC", "cranio-caudal", "CRANIOCAUDAL"})
    expect(word, "CC", {});
  expect("MEDIOLATERAL", "ML", {});
  EXPECT_EQ(ParseView("REPEAT CC").side, Laterality::kUnknown);
  EXPECT_EQ(ParseView("LEFT BREAST MLO").side, Laterality::kLeft);
}

TEST(ViewWords, OtherViewsAreNamedByModifiersAlone) {
  for (const char* word : {"LATERAL", "LAT", "SPOT", "TAN", "AXILLA", "SPOT MAG"}) {
    EXPECT_EQ(ParseView(word).code, nullptr) << word;
    EXPECT_TRUE(ParseView(word).other) << word;
  }
  ASSERT_EQ(ParseView("SPOT").modifiers.size(), 1u);
  EXPECT_STREQ(ParseView("SPOT").modifiers[0]->word, "S");
  for (const char* word : {"", " ", "--", "LEFT", "R", "unknown", "N/A", "PA", "STANDARD", "CCX"})
    EXPECT_FALSE(ParseView(word).other) << word;
}

TEST(ViewWords, ReadsLateralityFromFile) {
  const Change no_side = [](DcmDataset& d) {
    d.findAndDeleteElement(DCM_ImageLaterality);
    d.findAndDeleteElement(DCM_Laterality);
    d.findAndDeleteElement(DCM_ViewCodeSequence);
    Set(DCM_ViewPosition, "RMLO")(d);
  };
  const auto read = Metadata({no_side});
  EXPECT_EQ(read.laterality, Laterality::kRight);
  EXPECT_EQ(read.view, View::kMLO);
  const auto both = Metadata({no_side, Set(DCM_ImageLaterality, "L")});
  EXPECT_EQ(both.laterality, Laterality::kLeft);
  EXPECT_THAT(both.flags, Contains("laterality_conflict"));
}

}  // namespace
}  // namespace mhcnn
