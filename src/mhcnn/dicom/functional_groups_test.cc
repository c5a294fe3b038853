#include "mhcnn/dicom/functional_groups.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

/// Adds a pixel measures macro to item `frame` of a sequence of functional groups.
DcmItem* AddMeasures(DcmItem& dataset, const DcmTagKey& groups, long frame) {
  DcmItem *group = nullptr, *measures = nullptr;
  EXPECT_TRUE(dataset.findOrCreateSequenceItem(groups, group, frame).good());
  EXPECT_TRUE(group->findOrCreateSequenceItem(DCM_PixelMeasuresSequence, measures, 0).good());
  return measures;
}

TEST(FindFunctionalGroup, SingleFrameUsesDataSet) {
  DcmDataset dataset;
  EXPECT_EQ(&FindFunctionalGroup(dataset, DCM_PixelMeasuresSequence), &dataset);
}

TEST(FindFunctionalGroup, SharedGroupTakesPrecedenceOverPerFrame) {
  DcmDataset dataset;
  DcmItem* first = AddMeasures(dataset, DCM_PerFrameFunctionalGroupsSequence, 0);
  DcmItem* second = AddMeasures(dataset, DCM_PerFrameFunctionalGroupsSequence, 1);
  EXPECT_NE(first, second);
  EXPECT_EQ(&FindFunctionalGroup(dataset, DCM_PixelMeasuresSequence), first);
  DcmItem* shared = AddMeasures(dataset, DCM_SharedFunctionalGroupsSequence, 0);
  EXPECT_EQ(&FindFunctionalGroup(dataset, DCM_PixelMeasuresSequence), shared);
  // Another macro, which neither has, stands in the data set.
  EXPECT_EQ(&FindFunctionalGroup(dataset, DCM_FrameVOILUTSequence), &dataset);
}

TEST(FindFunctionalGroup, EmptySequencesAreNone) {
  DcmDataset dataset;
  ASSERT_TRUE(dataset.insertEmptyElement(DCM_SharedFunctionalGroupsSequence).good());
  DcmItem* group = nullptr;
  ASSERT_TRUE(
      dataset.findOrCreateSequenceItem(DCM_PerFrameFunctionalGroupsSequence, group, 0).good());
  ASSERT_TRUE(group->insertEmptyElement(DCM_PixelMeasuresSequence).good());
  EXPECT_EQ(&FindFunctionalGroup(dataset, DCM_PixelMeasuresSequence), &dataset);
}

}  // namespace
}  // namespace mhcnn
