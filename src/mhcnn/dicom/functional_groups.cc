#include "mhcnn/dicom/functional_groups.h"

namespace mhcnn {

DcmItem& FindFunctionalGroup(DcmItem& dataset, const DcmTagKey& macro) {
  for (const auto& groups :
       {DCM_SharedFunctionalGroupsSequence, DCM_PerFrameFunctionalGroupsSequence}) {
    DcmItem* first = DicomSequenceItem(dataset, groups);
    DcmItem* item = first != nullptr ? DicomSequenceItem(*first, macro) : nullptr;
    if (item != nullptr) return *item;
  }
  return dataset;
}

}  // namespace mhcnn
