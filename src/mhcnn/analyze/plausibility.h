#pragma once

#include <string>
#include <vector>

#include "mhcnn/image/mammogram.h"
#include "mhcnn/preprocess/orientation.h"

namespace mhcnn {

/// Evidence in an image about its acquisition, after the network has run.
struct AcquisitionEvidence {
  Orientation orientation;       ///< orientation that brought the image into the network's frame
  double pectoral_fraction = 0;  ///< area of the pectoral muscle / area of breast and muscle
  double pectoral_upper = 1;     ///< fraction of the muscle that lies in the upper half
  double end_contact = 0;  ///< fraction of its depth along which the breast runs out above or below
  bool muscle_sought = true;  ///< whether the network draws masks; if not, the view is unchanged
};

/// Fills in facts that the header does not have from the image, and checks whether the two
/// contradict each other. Returns flags of docs/flags.md.
///
/// - View: a pectoral muscle over 5 % of the area, most of it in the upper half, makes an MLO; one
///   under 1 % and a breast that ends within the frame above and below make a CC ("view_inferred");
///   else it stays unknown.
/// - Laterality, for DICOM files only ("laterality_inferred"): the chest wall of a left breast is
///   at the left of the stored image. Images without a header are mirrored so often that this would
///   be a guess. Nothing is inferred from an image that lies on its side or upside down.
std::vector<std::string> CheckAgainstImage(const AcquisitionEvidence& evidence,
                                           MammogramMetadata& metadata);

}  // namespace mhcnn
