#pragma once

#include <string>
#include <vector>

#include "mhcnn/image/mammogram.h"
#include "mhcnn/preprocess/orientation.h"

namespace mhcnn {

/// What a picture shows of how it was taken, once the network has seen it.
struct PictureEvidence {
  Orientation orientation;       ///< that brought the picture into the network's frame
  double pectoral_fraction = 0;  ///< area of the pectoral muscle / area of breast and muscle
  double pectoral_upper = 1;     ///< share of the muscle that lies in the upper half
  double end_contact = 0;     ///< share of its depth along which the breast runs out above or below
  bool muscle_sought = true;  ///< false: the network draws no masks, and the view stays as it is
};

/// Completes what the header left open by what the picture shows, and says where the two
/// contradict each other. Returns flags of docs/flags.md.
///
/// - View: a pectoral muscle over 5 % of the area, most of it in the upper half, makes an MLO; one
/// under 1 % and a breast that ends
///   within the frame above and below make a CC ("view_inferred"); else it stays unknown.
/// - Laterality, for DICOM files alone ("laterality_inferred"): the chest wall of a left breast is
///   at the left of the stored picture. Pictures without a header are mirrored so often that this
///   would be a guess. Nothing is inferred from a picture that lies on its side or upside down.
std::vector<std::string> CheckAgainstPicture(const PictureEvidence& evidence,
                                             MammogramMetadata& facts);

}  // namespace mhcnn
