#include "mhcnn/analyze/plausibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

MammogramMetadata Dicom(Laterality laterality, View view) {
  MammogramMetadata facts;
  facts.sop_class_uid = "1.2.840.10008.5.1.4.1.1.1.2";
  facts.laterality = laterality;
  facts.view = view;
  return facts;
}

constexpr Orientation kUpright{}, kChestWallRight{false, true, false},
    kOnItsHead{false, true, true}, kOnItsSide{true, false, false};

TEST(Plausibility, NoFlagForConsistentHeader) {
  MammogramMetadata left = Dicom(Laterality::kLeft, View::kMLO),
                    right = Dicom(Laterality::kRight, View::kCC);
  EXPECT_THAT(CheckAgainstPicture({kUpright, 0.2}, left), IsEmpty());
  EXPECT_THAT(CheckAgainstPicture({kChestWallRight, 0.0}, right), IsEmpty());
}

TEST(Plausibility, InfersViewFromMuscle) {
  MammogramMetadata facts = Dicom(Laterality::kLeft, View::kUnknown);
  EXPECT_THAT(CheckAgainstPicture({kUpright, 0.12}, facts), ElementsAre("view_inferred"));
  EXPECT_EQ(facts.view, View::kMLO);
  facts.view = View::kUnknown;
  EXPECT_THAT(CheckAgainstPicture({kUpright, 0.001}, facts), ElementsAre("view_inferred"));
  EXPECT_EQ(facts.view, View::kCC);
  facts.view = View::kUnknown;
  EXPECT_THAT(CheckAgainstPicture({kUpright, 0.03}, facts), IsEmpty());
  EXPECT_EQ(facts.view, View::kUnknown);
  // No muscle, but tissue runs out at the top: an MLO view whose muscle was missed, or a CC view
  // cut.
  EXPECT_THAT(CheckAgainstPicture({kUpright, 0.0, 1.0, 0.5}, facts), IsEmpty());
  EXPECT_EQ(facts.view, View::kUnknown);
}

TEST(Plausibility, SliverAtChestWallIsNotMlo) {
  MammogramMetadata facts = Dicom(Laterality::kLeft, View::kUnknown);
  EXPECT_THAT(CheckAgainstPicture({kUpright, 0.09, 0.5}, facts), IsEmpty());
  EXPECT_EQ(facts.view, View::kUnknown);
  facts.view = View::kCC;
  EXPECT_THAT(CheckAgainstPicture({kUpright, 0.09, 0.5}, facts), IsEmpty());
}

TEST(Plausibility, FlagsContradictionsAndKeepsHeader) {
  MammogramMetadata facts = Dicom(Laterality::kLeft, View::kCC);
  EXPECT_THAT(CheckAgainstPicture({kChestWallRight, 0.2}, facts),
              ElementsAre("projection_conflict", "side_conflict"));
  EXPECT_EQ(facts.view, View::kCC);
  EXPECT_EQ(facts.laterality, Laterality::kLeft);
  facts = Dicom(Laterality::kLeft, View::kMLO);
  EXPECT_THAT(CheckAgainstPicture({kUpright, 0.0}, facts), ElementsAre("pectoral_not_seen"));
}

TEST(Plausibility, InfersLateralityForDicomFilesOnly) {
  MammogramMetadata facts = Dicom(Laterality::kUnknown, View::kCC);
  EXPECT_THAT(CheckAgainstPicture({kChestWallRight, 0.0}, facts),
              ElementsAre("laterality_inferred"));
  EXPECT_EQ(facts.laterality, Laterality::kRight);
  MammogramMetadata picture;
  EXPECT_THAT(CheckAgainstPicture({kUpright, 0.2}, picture), ElementsAre("view_inferred"));
  EXPECT_EQ(picture.laterality, Laterality::kUnknown);
}

TEST(Plausibility, UsesPatientOrientation) {
  MammogramMetadata mirrored = Dicom(Laterality::kLeft, View::kCC);
  mirrored.row_direction = 'P';  // stored mirrored, and the header says so
  EXPECT_THAT(CheckAgainstPicture({kChestWallRight, 0.0}, mirrored), IsEmpty());
  EXPECT_THAT(CheckAgainstPicture({kUpright, 0.0}, mirrored), ElementsAre("side_conflict"));
}

TEST(Plausibility, TurnedPictureGivesNoLaterality) {
  MammogramMetadata facts = Dicom(Laterality::kUnknown, View::kMLO);
  EXPECT_THAT(CheckAgainstPicture({kOnItsHead, 0.2}, facts), ElementsAre("upside_down"));
  EXPECT_THAT(CheckAgainstPicture({kOnItsSide, 0.2}, facts), ElementsAre("rotated"));
  EXPECT_EQ(facts.laterality, Laterality::kUnknown);
  // In a CC view up and down cannot be told apart, and the side is all there is.
  facts.view = View::kCC;
  EXPECT_THAT(CheckAgainstPicture({kOnItsHead, 0.0}, facts), Contains("laterality_inferred"));
  EXPECT_THAT(CheckAgainstPicture({kOnItsHead, 0.0}, facts), Not(Contains("upside_down")));
}

}  // namespace
}  // namespace mhcnn
