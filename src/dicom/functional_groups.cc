#include "dicom/functional_groups.h"

#include <array>

namespace mhcnn {
namespace {

struct Group {
  DcmTagKey sequence;
  std::array<DcmTagKey, 5> elements;
};

const std::array<Group, 4>& Groups() {
  static const std::array<Group, 4> groups = {{
      {DCM_FrameAnatomySequence, {DCM_FrameLaterality}},
      {DCM_PixelMeasuresSequence, {DCM_PixelSpacing, DCM_PixelSpacingCalibrationType}},
      {DCM_FrameVOILUTSequence,
       {DCM_WindowCenter, DCM_WindowWidth, DCM_VOILUTFunction, DCM_VOILUTSequence}},
      {DCM_PixelValueTransformationSequence, {DCM_RescaleIntercept, DCM_RescaleSlope}},
  }};
  return groups;
}

void CopyMissing(DcmItem& from, const DcmTagKey& key, DcmItem& to) {
  DcmElement* element = nullptr;
  if (key == DcmTagKey() || to.tagExists(key)) return;
  if (from.findAndGetElement(key, element, OFFalse, OFTrue).good() && element != nullptr &&
      to.insert(element).bad()) {
    delete element;
  }
}

}  // namespace

void FlattenFunctionalGroups(DcmItem& dataset) {
  for (const auto& place :
       {DCM_SharedFunctionalGroupsSequence, DCM_PerFrameFunctionalGroupsSequence}) {
    DcmItem* frame = DicomSequenceItem(dataset, place);
    if (frame == nullptr) continue;
    for (const auto& group : Groups()) {
      DcmItem* item = DicomSequenceItem(*frame, group.sequence);
      if (item == nullptr) continue;
      for (const auto& key : group.elements) CopyMissing(*item, key, dataset);
    }
  }
  // An image of one frame has the laterality of its frame.
  if (!dataset.tagExists(DCM_ImageLaterality)) {
    const std::string side = DicomText(dataset, DCM_FrameLaterality);
    if (!side.empty()) dataset.putAndInsertString(DCM_ImageLaterality, side.c_str());
  }
}

}  // namespace mhcnn
