#pragma once

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/display.h"

namespace mhcnn {

/// Returns the VOI LUTs and then the windows that the file offers, in words, e.g. "window 1500 /
/// 2000 (NORMAL)".
std::vector<std::string> DescribeVoi(DcmItem& dataset);

/// Reads what the header states of the display: Pixel Padding, Modality LUT or rescale, one VOI LUT
/// or window, and the polarity. Adds flags to `metadata` where a part had to be ignored.
/// `stored_bits` and `is_signed` are those of the decoded samples. `wanted` selects a VOI LUT or
/// window by its number from 1 in the order of DescribeVoi, or by its explanation in any case of
/// letters; "" is the first. Where the file does not have it, the first is used and
/// "window_not_found" flagged.
///
/// Polarity: Presentation LUT Shape decides where it is present (INVERSE: the smallest value is
/// white), else Photometric Interpretation (MONOCHROME1). In a correct file both agree: for
/// MONOCHROME1 the shape is INVERSE (PS3.3 C.8.11.3), so this is one inversion and not two. Where
/// they contradict each other the shape is followed, as DCMTK and dcm4che do, and
/// "photometric_conflict" is flagged.
///
/// A VOI LUT or window that is not complete, or gives all values of the picture the same grey, or
/// shows most of it white (ShowsMostlyWhite) and was not asked for, is skipped for the next one
/// ("voi_lut_unusable", "window_invalid"). `counts` is the number of pixels of each bit pattern
/// (CountPatterns); it is empty before the picture is decoded: then the values in the picture are
/// not considered.
///
/// Throws Error(kCorrupt) where a Modality LUT has no descriptor or no data.
DisplayParameters ReadDisplayParameters(DcmItem& dataset, int stored_bits, bool is_signed,
                                        const std::string& wanted, MammogramMetadata& metadata,
                                        const std::vector<std::size_t>& counts = {});

}  // namespace mhcnn
