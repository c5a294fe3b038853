#include "mhcnn/results/codes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>

namespace mhcnn {
namespace {

// SNOMED CT of CID 6000, 244 and 6022 of PS3.16.

TEST(Codes, CompositionFollowsTheCategory) {
  EXPECT_STREQ(CompositionCode(DensityCategory::kA).value, "129716005");
  EXPECT_STREQ(CompositionCode(DensityCategory::kB).value, "129717001");
  EXPECT_STREQ(CompositionCode(DensityCategory::kC).value, "129718006");
  EXPECT_STREQ(CompositionCode(DensityCategory::kD).value, "129719003");
}

TEST(Codes, SideIsThatOfTheImageOrExam) {
  EXPECT_STREQ(SideCode(Laterality::kLeft)->value, "7771000");
  EXPECT_STREQ(SideCode(Laterality::kRight)->value, "24028007");
  EXPECT_EQ(SideCode(Laterality::kUnknown), nullptr);
  EXPECT_STREQ(SideCode(ExamSide::kLeft)->value, "7771000");
  EXPECT_STREQ(SideCode(ExamSide::kBoth)->value, "51440002");
  EXPECT_EQ(SideCode(ExamSide::kNone), nullptr);
  EXPECT_STREQ(BreastSideCode(Laterality::kLeft)->value, "80248007");
  EXPECT_STREQ(BreastSideCode(Laterality::kRight)->value, "73056007");
  EXPECT_EQ(BreastSideCode(Laterality::kUnknown), nullptr);
  EXPECT_STREQ(BreastSideCode(ExamSide::kRight)->value, "73056007");
  EXPECT_STREQ(BreastSideCode(ExamSide::kBoth)->value, "63762007");
  EXPECT_EQ(BreastSideCode(ExamSide::kNone), nullptr);
}

TEST(Codes, EachFitsItsElementsAndStandsOnce) {
  std::set<std::string> names, codes;
  for (const NamedCode& one : AllCodes()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_TRUE(codes.insert(std::string(one.code.scheme) + " " + one.code.value).second)
        << one.name;
    // VR SH has 16 characters, LO 64 (PS3.5 6.2).
    EXPECT_LE(std::strlen(one.code.value), 16U) << one.name;
    EXPECT_LE(std::strlen(one.code.scheme), 16U) << one.name;
    EXPECT_LE(std::strlen(one.code.meaning), 64U) << one.name;
  }
  EXPECT_TRUE(names.count("BreastComposition"));
}

}  // namespace
}  // namespace mhcnn
