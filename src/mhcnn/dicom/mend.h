#pragma once

#include <cstdint>
#include <span>

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/structure.h"

namespace mhcnn {

/// Gives the toolkit an odd file (DicomStructure) as what it is: the elements before its pixel data
/// in their true coding, and the pixel data by themselves in the transfer syntax that they are
/// really in. What follows the pixel data is left out. An element that the toolkit cannot read is
/// left out where it has no part in the picture or its description (private elements, requests,
/// procedures, signatures): then the flag "elements_skipped" is added. Returns the toolkit's word
/// for what is wrong.
OFCondition LoadMended(std::span<const std::uint8_t> file, const DicomStructure& structure,
                       DicomFile& into);

}  // namespace mhcnn
