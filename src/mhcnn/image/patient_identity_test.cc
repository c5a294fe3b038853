#include "mhcnn/image/patient_identity.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(PatientIdentity, IdentifiersIgnoreBlanksAndCase) {
  EXPECT_EQ(NormalizeId("  ab   12 "), "AB 12");
  EXPECT_EQ(NormalizeId("AB 12"), "AB 12");
  EXPECT_NE(NormalizeId("AB12"), "AB 12");
}

TEST(PatientIdentity, DatesAreReadInOldAndNewForm) {
  EXPECT_EQ(ToPlainDate("19991231"), "19991231");
  EXPECT_EQ(ToPlainDate("1999.12.31"), "19991231");
  EXPECT_EQ(ToPlainDate("19991231120000.0"), "19991231");
  for (const char* none : {"", "1999", "19000101", "19991331", "19991232", "unknown"}) {
    EXPECT_EQ(ToPlainDate(none), "") << none;
  }
  EXPECT_EQ(HashBirthDate("1960.01.02"), HashBirthDate("19600102"));
  EXPECT_NE(HashBirthDate("19600103"), HashBirthDate("19600102"));
  EXPECT_EQ(HashBirthDate("unknown"), "");
}

TEST(PatientIdentity, NamesDoNotDependOnOrderAndCase) {
  EXPECT_EQ(HashNameParts("Doe^Jane"), HashNameParts("JANE DOE"));
  EXPECT_EQ(HashNameParts("Doe^Jane=Doe^Jane").size(), 2u);
  EXPECT_NE(HashNameParts("Doe^Jane"), HashNameParts("Doe^Ann"));
  EXPECT_TRUE(HashNameParts("^^").empty());
}

}  // namespace
}  // namespace mhcnn
