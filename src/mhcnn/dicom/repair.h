#pragma once

#include <cstdint>
#include <span>

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/structure.h"

namespace mhcnn {

/// Gives the toolkit an odd file (DicomStructure) in a form that it reads: the elements before the
/// pixel data in their true coding, and the pixel data separately in the transfer syntax that they
/// really have. What follows the pixel data is left out. An element that the toolkit cannot read is
/// left out where it is no part of the picture or its description (private elements, requests,
/// procedures, signatures): then the flag "elements_skipped" is added. Returns the toolkit's
/// status, which states what is wrong.
OFCondition LoadRepaired(std::span<const std::uint8_t> file, const DicomStructure& structure,
                         DicomFile& into);

}  // namespace mhcnn
