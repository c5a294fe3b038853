#pragma once

#include <optional>
#include <vector>

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/dicom/display.h"

namespace mhcnn {

/// Returns the values of an element as words of 16 bits, whether its VR is US, SS, OW, OB or UN
/// (bytes are read as little-endian words); empty where it is absent or empty.
std::vector<std::uint16_t> ReadDicomWords(DcmItem& item, const DcmTagKey& key);

/// Returns a value of type US or SS: `is_signed` (the header's Pixel Representation) decides, not
/// the element's own VR, which writers often leave at US.
std::optional<int> ReadDicomValue16(DcmItem& item, const DcmTagKey& key, unsigned long index,
                                    bool is_signed);

/// Number of a table's entries compared with its descriptor.
enum class TableLength { kAsStated, kShort, kLong };

/// A look-up table as read, and whether its data have the stated length.
struct StoredTable {
  LookupTable table;                            ///< the entries that the data contain
  TableLength length = TableLength::kAsStated;  ///< data against descriptor
};

/// Reads a look-up table: descriptor (number of entries, first input, bits) and data (PS3.3
/// C.11.1.1.1, C.11.2.1.1, C.7.6.3.1.5). Where the data contain fewer entries than the descriptor
/// states, the table has only these; where they contain more, it has all of them. Entries of 8 bits
/// packed in pairs are distinguished from words by their course. Nothing where the descriptor or
/// the data are missing or empty.
std::optional<StoredTable> ReadLookupTable(DcmItem& item, bool is_signed,
                                           const DcmTagKey& descriptor = DCM_LUTDescriptor,
                                           const DcmTagKey& data = DCM_LUTData);

}  // namespace mhcnn
