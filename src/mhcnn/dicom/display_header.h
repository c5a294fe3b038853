#pragma once

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/display.h"

namespace mhcnn {

/// The VOI LUTs and then the windows that the file offers, in words, e.g. "window 1500 / 2000
/// (NORMAL)".
std::vector<std::string> DescribeVoi(DcmItem& dataset);

/// Reads what the header says of the display: Pixel Padding, Modality LUT or rescale, one VOI LUT
/// or window, and the polarity. Adds flags to `facts` where a part had to be ignored. `stored_bits`
/// and `is_signed` are those of the decoded samples. `wanted` picks a VOI LUT or window by its
/// number from 1 in the order of DescribeVoi, or by its explanation in any case of letters; "" is
/// the first. Where the file has no such, the first is taken and "window_not_found" flagged.
///
/// Polarity: Presentation LUT Shape decides where it is present (INVERSE: the smallest value is
/// white), else Photometric Interpretation (MONOCHROME1). In a correct file both say one thing: for
/// MONOCHROME1 the shape is INVERSE (PS3.3 C.8.11.3), so this is one inversion and not two. Where
/// they contradict each other the shape is followed, as DCMTK and dcm4che do, and
/// "photometric_conflict" is flagged.
///
/// A VOI LUT or window that is not complete, or gives all values of the picture the same grey, or
/// shows most of it white (ShowsMostlyWhite) and was not asked for, is passed over for the next one
/// ("voi_lut_unusable", "window_invalid"). `counts` is how often each bit pattern occurs
/// (CountPatterns); empty before the picture is decoded: then the values that are there have no
/// say.
///
/// Throws Error(kCorrupt) where a Modality LUT lacks its descriptor or its data.
DisplayParameters ReadDisplayParameters(DcmItem& dataset, int stored_bits, bool is_signed,
                                        const std::string& wanted, MammogramMetadata& facts,
                                        const std::vector<std::size_t>& counts = {});

}  // namespace mhcnn
