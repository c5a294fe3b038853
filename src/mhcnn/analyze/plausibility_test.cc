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
  MammogramMetadata metadata;
  metadata.sop_class_uid = "1.2.840.10008.5.1.4.1.1.1.2";
  metadata.laterality = laterality;
  metadata.view = view;
  return metadata;
}

constexpr Orientation kUpright{}, kChestWallRight{false, true, false},
    kOnItsHead{false, true, true}, kOnItsSide{true, false, false};

TEST(Plausibility, NoFlagForConsistentHeader) {
  MammogramMetadata left = Dicom(Laterality::kLeft, View::kMLO),
                    right = Dicom(Laterality::kRight, View::kCC);
  EXPECT_THAT(CheckAgainstImage({kUpright, 0.2}, left), IsEmpty());
  EXPECT_THAT(CheckAgainstImage({kChestWallRight, 0.0}, right), IsEmpty());
}

TEST(Plausibility, InfersViewFromMuscle) {
  MammogramMetadata metadata = Dicom(Laterality::kLeft, View::kUnknown);
  EXPECT_THAT(CheckAgainstImage({kUpright, 0.12}, metadata), ElementsAre("view_inferred"));
  EXPECT_EQ(metadata.view, View::kMLO);
  metadata.view = View::kUnknown;
  EXPECT_THAT(CheckAgainstImage({kUpright, 0.001}, metadata), ElementsAre("view_inferred"));
  EXPECT_EQ(metadata.view, View::kCC);
  metadata.view = View::kUnknown;
  EXPECT_THAT(CheckAgainstImage({kUpright, 0.03}, metadata), IsEmpty());
  EXPECT_EQ(metadata.view, View::kUnknown);
  // No muscle, but tissue runs out at the top: an MLO view whose muscle was missed, or a CC view
  // cut.
  EXPECT_THAT(CheckAgainstImage({kUpright, 0.0, 1.0, 0.5}, metadata), IsEmpty());
  EXPECT_EQ(metadata.view, View::kUnknown);
}

TEST(Plausibility, SliverAtChestWallIsNotMlo) {
  MammogramMetadata metadata = Dicom(Laterality::kLeft, View::kUnknown);
  EXPECT_THAT(CheckAgainstImage({kUpright, 0.09, 0.5}, metadata), IsEmpty());
  EXPECT_EQ(metadata.view, View::kUnknown);
  metadata.view = View::kCC;
  EXPECT_THAT(CheckAgainstImage({kUpright, 0.09, 0.5}, metadata), IsEmpty());
}

TEST(Plausibility, FlagsContradictionsAndKeepsHeader) {
  MammogramMetadata metadata = Dicom(Laterality::kLeft, View::kCC);
  EXPECT_THAT(CheckAgainstImage({kChestWallRight, 0.2}, metadata),
              ElementsAre("projection_conflict", "side_conflict"));
  EXPECT_EQ(metadata.view, View::kCC);
  EXPECT_EQ(metadata.laterality, Laterality::kLeft);
  metadata = Dicom(Laterality::kLeft, View::kMLO);
  EXPECT_THAT(CheckAgainstImage({kUpright, 0.0}, metadata), ElementsAre("pectoral_not_seen"));
}

TEST(Plausibility, InfersLateralityForDicomFilesOnly) {
  MammogramMetadata metadata = Dicom(Laterality::kUnknown, View::kCC);
  EXPECT_THAT(CheckAgainstImage({kChestWallRight, 0.0}, metadata),
              ElementsAre("laterality_inferred"));
  EXPECT_EQ(metadata.laterality, Laterality::kRight);
  MammogramMetadata picture;
  EXPECT_THAT(CheckAgainstImage({kUpright, 0.2}, picture), ElementsAre("view_inferred"));
  EXPECT_EQ(picture.laterality, Laterality::kUnknown);
}

TEST(Plausibility, UsesPatientOrientation) {
  MammogramMetadata mirrored = Dicom(Laterality::kLeft, View::kCC);
  mirrored.row_direction = 'P';  // stored mirrored, and the header says so
  EXPECT_THAT(CheckAgainstImage({kChestWallRight, 0.0}, mirrored), IsEmpty());
  EXPECT_THAT(CheckAgainstImage({kUpright, 0.0}, mirrored), ElementsAre("side_conflict"));
}

TEST(Plausibility, RotatedImageGivesNoLaterality) {
  MammogramMetadata metadata = Dicom(Laterality::kUnknown, View::kMLO);
  EXPECT_THAT(CheckAgainstImage({kOnItsHead, 0.2}, metadata), ElementsAre("upside_down"));
  EXPECT_THAT(CheckAgainstImage({kOnItsSide, 0.2}, metadata), ElementsAre("rotated"));
  EXPECT_EQ(metadata.laterality, Laterality::kUnknown);
  // In a CC view up and down cannot be told apart, and the side is all there is.
  metadata.view = View::kCC;
  EXPECT_THAT(CheckAgainstImage({kOnItsHead, 0.0}, metadata), Contains("laterality_inferred"));
  EXPECT_THAT(CheckAgainstImage({kOnItsHead, 0.0}, metadata), Not(Contains("upside_down")));
}

}  // namespace
}  // namespace mhcnn
