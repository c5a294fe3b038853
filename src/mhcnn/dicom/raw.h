#pragma once

#include <opencv2/core.hpp>
#include <optional>

#include "mhcnn/dicom/display.h"
#include "mhcnn/image/mammogram.h"

namespace mhcnn {

/// Facts that the header of a raw (FOR PROCESSING) image states of its values (PS3.3 C.8.11.3.1.2).
struct RawSignal {
  bool brighter_is_air = true;  ///< more is more radiation: Pixel Intensity Relationship Sign 1
  bool is_linear = true;        ///< whether they are proportional to it: LIN, not LOG
  /// Size of a pixel at the breast; without it, the picture's height is taken as 235 mm.
  std::optional<double> pixel_mm;
};

/// Converts a raw image to one for viewing: logarithm, equalisation of the thinner margin, stretch.
///
/// 1. Attenuation A = ln(signal in air) - ln(signal); air is the signal that a thousandth of the
///    picture exceeds. Values that are logarithms already are only turned.
/// 2. Breast: smoothed A above a twentieth of its median over what Otsu's threshold separates from
///    air; the largest such region. Where the detector was saturated the skin cannot be seen.
/// 3. Equalisation: towards the skin the compressed breast gets thinner. The lowest tenth of A at
///    each distance from the skin line is fat of the thickness there; its difference to that
///    at 30 mm (or 0.6 of the greatest distance, in a small breast) is added to A,
///    smoothed by 3 mm. Additive in
///    the logarithm, as in Byng et al., Radiology 203 (1997) 564, and Snoeren & Karssemeijer, IEEE
///    Trans. Med. Imaging 23 (2004) 799, with the margin's profile in place of their models.
/// 4. Grey: 0 outside;
///    inside, linear in A from 0.4 spans below its 10th percentile to 0.1 spans above its 99.5th
///    percentile.
///
/// There is no local contrast enhancement, so it is near a vendor's presentation image and not
/// equal to it. Padded samples are 0, and so are those of `hidden` (StoredPixels::padded; may be
/// empty).
GreyImage ConvertRaw(const cv::Mat1w& patterns, const DisplayParameters& parameters,
                     const RawSignal& signal, const Mask& hidden = {});

}  // namespace mhcnn
