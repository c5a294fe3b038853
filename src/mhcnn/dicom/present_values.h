#pragma once

#include <vector>

#include "mhcnn/dicom/decode.h"
#include "mhcnn/dicom/display.h"

namespace mhcnn {

/// Returns the number of pixels of each bit pattern, without the samples of StoredPixels::padded.
std::vector<std::size_t> CountPatterns(const StoredPixels& stored);

/// Sets DisplayParameters::present from the counts: smallest and largest value without padding and
/// without the most extreme 1/2000 of the pixels at either end, which are dead pixels. `parameters`
/// has its bits, sign and padding.
void SetPresentRange(const std::vector<std::size_t>& counts, DisplayParameters& parameters);

/// Sets DisplayParameters::range where `present` is known: as wide a power of two as the values
/// need, as if the file stated the bits that they use, and placed so that padding, which is shown
/// darkest, is not far from the darkest value.
///
/// The dark end is, in this order: the dark end of a file of unsigned values (0, or all bits set
/// where the picture is inverted) unless the values are further from it than they span; the padding
/// value, where it is no further off than half of that; where the padding is far off, the end of as
/// wide a range from the bright end, or the darkest value itself where a seventh of the pixels are
/// about as dark: then air is not padded.
void SetRange(const std::vector<std::size_t>& counts, DisplayParameters& parameters);

/// Returns whether the VOI (table or window) shows more than half of the picture in full white,
/// without the pixels in the darkest and the brightest twentieth of its range. A window of another
/// picture or scale does. False without a VOI.
bool ShowsMostlyWhite(const std::vector<std::size_t>& counts, const DisplayParameters& parameters);

/// Finds padding that the header does not declare: one value that a hundredth of the pixels have,
/// alone at an end of the values. At the lower end it is negative and further from the next value
/// than an eighth of the range of the rest; at the upper end further than three times that range.
/// Sets DisplayParameters::padding and returns true where it finds such a value. Only for a picture
/// without declared padding and without a VOI, which would show what is dark.
bool AssumePadding(const std::vector<std::size_t>& counts, DisplayParameters& parameters);

}  // namespace mhcnn
