#pragma once

#include <vector>

#include "dicom/decode.h"
#include "dicom/display.h"

namespace mhcnn {

/// How often each bit pattern stands in the picture, without the samples of StoredPixels::padded.
std::vector<std::size_t> CountPatterns(const StoredPixels& stored);

/// Sets DisplayParameters::present from the counts: smallest and largest value without padding and
/// without the most extreme 1/2000 of the pixels at either end, which are dead ones. `parameters`
/// has its bits, sign and padding.
void SetPresent(const std::vector<std::size_t>& counts, DisplayParameters& parameters);

/// Finds padding that the header does not declare: one value that a hundredth of the pixels have,
/// alone at an end of the values. At the lower end it is negative and lies further from the next
/// value than an eighth of the range of the rest; at the upper end further than three times that
/// range. Sets DisplayParameters::padding and returns true where there is such. Only for a picture
/// without padding declared and without a VOI, which would tell what is dark.
bool AssumePadding(const std::vector<std::size_t>& counts, DisplayParameters& parameters);

}  // namespace mhcnn
