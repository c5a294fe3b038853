#include "mhcnn/image/patient_marks.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(PatientMarks, IdentifiersIgnoreBlanksAndCase) {
  EXPECT_EQ(ComparableId("  ab   12 "), "AB 12");
  EXPECT_EQ(ComparableId("AB 12"), "AB 12");
  EXPECT_NE(ComparableId("AB12"), "AB 12");
}

TEST(PatientMarks, DatesAreReadInOldAndNewForm) {
  EXPECT_EQ(PlainDate("19991231"), "19991231");
  EXPECT_EQ(PlainDate("1999.12.31"), "19991231");
  EXPECT_EQ(PlainDate("19991231120000.0"), "19991231");
  for (const char* none : {"", "1999", "19000101", "19991331", "19991232", "unknown"}) {
    EXPECT_EQ(PlainDate(none), "") << none;
  }
  EXPECT_EQ(BirthHash("1960.01.02"), BirthHash("19600102"));
  EXPECT_NE(BirthHash("19600103"), BirthHash("19600102"));
  EXPECT_EQ(BirthHash("unknown"), "");
}

TEST(PatientMarks, NamesDoNotDependOnOrderAndCase) {
  EXPECT_EQ(NameHashes("Doe^Jane"), NameHashes("JANE DOE"));
  EXPECT_EQ(NameHashes("Doe^Jane=Doe^Jane").size(), 2u);
  EXPECT_NE(NameHashes("Doe^Jane"), NameHashes("Doe^Ann"));
  EXPECT_TRUE(NameHashes("^^").empty());
}

}  // namespace
}  // namespace mhcnn
