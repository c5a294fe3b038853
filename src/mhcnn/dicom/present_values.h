#pragma once

#include <vector>

#include "mhcnn/dicom/decode.h"
#include "mhcnn/dicom/display.h"

namespace mhcnn {

/// How often each bit pattern stands in the picture, without the samples of StoredPixels::padded.
std::vector<std::size_t> CountPatterns(const StoredPixels& stored);

/// Sets DisplayParameters::present from the counts: smallest and largest value without padding and
/// without the most extreme 1/2000 of the pixels at either end, which are dead ones. `parameters`
/// has its bits, sign and padding.
void SetPresent(const std::vector<std::size_t>& counts, DisplayParameters& parameters);

/// Sets DisplayParameters::range where `present` is known: as wide a power of two as the values
/// need, as if the file stated the bits that they take, and placed so that padding, which is shown
/// darkest, is not far from the darkest value.
///
/// The dark end is, in this order: what it is in a file of unsigned values (0, or all bits set
/// where the picture is inverted) unless the values lie further from it than they span; the padding
/// value, where it lies no further off than half of that; where the padding is far off, the end of
/// as wide a range from the bright end, or the darkest value itself where a twentieth of the pixels
/// are about as dark: then air is not padded.
void SetRange(const std::vector<std::size_t>& counts, DisplayParameters& parameters);

/// Does the VOI (table or window) show more than half of the picture in full white, without the
/// pixels in the darkest and the brightest twentieth of its range? A window of another picture or
/// scale does. False without a VOI.
bool ShowsMostlyWhite(const std::vector<std::size_t>& counts, const DisplayParameters& parameters);

/// Finds padding that the header does not declare: one value that a hundredth of the pixels have,
/// alone at an end of the values. At the lower end it is negative and lies further from the next
/// value than an eighth of the range of the rest; at the upper end further than three times that
/// range. Sets DisplayParameters::padding and returns true where there is such. Only for a picture
/// without padding declared and without a VOI, which would tell what is dark.
bool AssumePadding(const std::vector<std::size_t>& counts, DisplayParameters& parameters);

}  // namespace mhcnn
